import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { IntentEvent } from '../../events/event.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { bindPipeline } from '../bind-pipeline.ts'
import type { Printed } from '../commands/printed.ts'
import { findCluster } from '../network/cluster-choice.ts'
import { chooseWallet } from '../network/wallet-choice.ts'
import { inRunDirectory } from '../run/data-directory.ts'
import { type Ground, openGround } from '../run/ground.ts'
import { pluginVersion } from '../run/plugin-version.ts'
import { runDirectory } from '../run/run-directory.ts'
import type { RunDocument } from '../run/run-document.ts'
import type { RunOptions } from '../run/run-options.ts'
import { openTrading } from '../run/trading.ts'
import { keyPlacesOf } from '../wallet/key-places.ts'
import { answerRequests } from './answer-request.ts'
import { askOrAct } from './ask-or-act.ts'
import { askedFor } from './asked-for.ts'
import { DESK_PIPELINE } from './compose-desk.ts'
import { conditionPairs, withPricesOf } from './condition-prices.ts'
import { withoutSecrets } from './equip-node.ts'
import { KeptPlans } from './kept-plans.ts'
import { KnownSecrets } from './known-secrets.ts'
import { planOf } from './order-plan.ts'
import { levelsOf, withPair } from './order-wish.ts'
import type { OrderWish } from './place-order.ts'
import { assertNotStopped } from './stopped.ts'
import { withUnlisted } from './unlisted-token.ts'
import { deskRequest, watchDesk } from './watch-desk.ts'

/** What `order-create` is asked beside what every run is. */
export interface CreateOrderOptions extends RunOptions {
  /** Only arm it. */
  readonly detach: boolean
  /** A line for each price: the price, the distance to the trigger, the best so far. */
  readonly verbose: boolean
  /** Make it although it trades at once, or gives more than there is. */
  readonly force: boolean
  /** Asks a person; rejects when the answer is no. */
  readonly confirm: (question: string) => Promise<void>
}

/**
 * Makes an order from a pipeline that asks for one: binds it, holds it against price and wallet, arms it, and watches it
 * with all others of the data directory until it has ended. Where another process holds the directory, that one takes it.
 *
 * @throws what is wrong with the order, before anything has changed
 */
export async function createOrder(options: CreateOrderOptions): Promise<RunDocument | Printed> {
  const real = createRealClock()
  const from_ms = real.wall_ms()
  const listed = await findCluster(options.cluster, options.rpcUrl)
  const wallet = chooseWallet({ ...options, cluster: listed.name })
  const { token, into } = options.params
  const cluster = await withUnlisted(listed, [token, into], { ...options, wallet: wallet.publicKey })
  const params = withPair(options.params, cluster.tokens)
  const bound = await bindPipeline({ ...options, params, tokens: cluster.tokens })
  const { registry, warnings, secrets } = bound
  const pairs = conditionPairs(params['condition'], cluster.tokens)
  const pipeline = withPricesOf(bound.pipeline, pairs, cluster.tokens)
  const plan = planOf(pipeline, {
    versionOf: plugin => pluginVersion(registry, plugin),
    withoutSecrets: value => withoutSecrets(value, secrets),
  })
  const wish: OrderWish = {
    type: String(params['type']),
    plan,
    intent: await askedFor(pipeline, cluster.tokens),
    levels: levelsOf(params),
    force: options.force,
  }
  const dataDirectory = runDirectory({
    given: options.dataDirectory,
    dryRun: options.dryRun,
    environment: options.environment,
    cluster: cluster.name,
    wallet: wallet.publicKey,
    pipeline: DESK_PIPELINE,
    real,
  })
  const chainDirectory = options.dataDirectory ?? (options.dryRun ? undefined : dataDirectory)
  const place = { directory: dataDirectory, given: options.dataDirectory }
  return inRunDirectory(place, options.environment, real, async () => {
    let ground: Ground
    try {
      ground = await openGround({ ...options, cluster, wallet, registry, dataDirectory, chainDirectory })
    } catch (thrown) {
      if (!isForgeError(thrown, 'STORE_LEASED') || dataDirectory === undefined) throw thrown
      return placeElsewhere(dataDirectory, wish, options)
    }
    try {
      assertNotStopped(ground)
      ground.notices.unshift(...warnings)
      const keys = { ...options, cluster: listed.name, secrets }
      ground.store.keyPlaces.keep(ground.genesisHash, keyPlacesOf({ wallet, namedWallets: new Map() }, {}, keys))
      const plans = new KeptPlans()
      const known = new KnownSecrets(secrets.values())
      const request = {
        ...options,
        redact: (text: string) => known.redact(text),
        planOf: (intent: IntentEvent) => plans.of(intent),
      }
      const trading = await openTrading(ground, deskRequest(), request)
      const until = { kind: options.detach ? 'armed' : 'ended', wish } as const
      return await watchDesk(ground, trading, plans, until, { ...options, from_ms, secrets: known })
    } finally {
      await ground.close()
    }
  })
}

/** Has the process that holds the directory make the order, and watch it. @throws what that one says against it */
async function placeElsewhere(dataDirectory: string, wish: OrderWish, options: RunOptions): Promise<Printed> {
  const request = { kind: 'create', body: wish }
  const answer = await askOrAct(dataDirectory, request, answerRequests(), text => options.output.line(text))
  const detail = (answer.detail ?? {}) as { readonly code?: string; readonly remedy?: string }
  if (answer.done) {
    const text = `${answer.text}, and watched by the process that holds ${dataDirectory}`
    return { text, document: { document: 'order-create', version: 1, dataDirectory, ...detail } }
  }
  const { code = 'STORE_LEASED', remedy } = detail
  const known = (code in ERROR_CODES ? code : 'STORE_LEASED') as ErrorCode
  throw new ForgeError(known, { message: answer.text, ...(remedy === undefined ? {} : { remedy }) })
}
