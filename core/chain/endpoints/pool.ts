import { ForgeError } from '../../errors/forge-error.ts'
import type { Http } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'
import { redactUrl } from '../redact.ts'
import type { Failure, Outcome } from '../rpc/exchange.ts'
import { type CallOptions, type JsonRpc, RETRIES, TIMEOUT_MS, waitAfter_ms } from '../rpc/json-rpc.ts'
import { createRpc, type Rpc } from '../rpc/rpc.ts'
import { candidates } from './candidates.ts'
import { behindError, Endpoint, mayAnswerElsewhere } from './endpoint.ts'
import { hedge } from './hedge.ts'
import { Lookout } from './lookout.ts'
import { type EndpointReport, reportOf, warningsOf } from './report.ts'
import { SendTurns } from './send-turns.ts'
import type { EndpointSettings } from './settings.ts'
import { withStaticData } from './static-data.ts'

/** Farther behind than that, an endpoint's state is too old to trade on: ten seconds. */
const LAG_MAX_SLOTS = 25
/** Where another endpoint can be asked, one answer is not waited for as long. */
const TIMEOUT_OF_SEVERAL_MS = 5_000
/** So long the others are asked after a limit that says no time. */
const PAUSE_OF_SEVERAL_MS = 1_000

export interface PoolOptions {
  /** In the order they are preferred; at least one. */
  readonly endpoints: readonly EndpointSettings[]
  readonly fetch: Http
  readonly clock: Clock
  /** Of the network all must belong to; undefined: of the first that answers. */
  readonly genesisHash?: string | undefined
  /** Whether calls of one turn may share a request. */
  readonly batch: boolean
  /** Whether endpoints are asked how they are, beside the calls; of several, always. */
  readonly watch: boolean
  readonly timeout_ms?: number
  readonly retries?: number
  readonly lagMax_slots?: number
}

/** Several RPC endpoints of one network, behind the interfaces of one. */
export interface EndpointPool {
  readonly call: JsonRpc
  readonly rpc: Rpc
  /** How each has been doing, in their order. */
  report(): readonly EndpointReport[]
  /** What a person should know about them. */
  warnings(): readonly string[]
  /** Ends what is asked beside the calls. */
  close(): Promise<void>
}

/**
 * Reads go to the first endpoint that is well, and to the next one when it fails; what trades are decided on never
 * comes from one that is behind, and that it is, is held against its own blocks: no other can talk it down. A send goes to one endpoint, the same bytes sent again to the next. Limits are kept on
 * our side, and what a server says about later is heeded. An endpoint of another network is never used.
 *
 * @throws from calls what `createJsonRpc` says, and RPC_BEHIND
 */
export function createEndpointPool(options: PoolOptions): EndpointPool {
  const pool = new Pool(options)
  const rpcOf = (endpoint?: Endpoint): Rpc =>
    createRpc({
      url: (endpoint ?? pool.endpoints[0]!).url,
      call: (method, params, call) => pool.call(method, params, call, endpoint),
    })
  const members = new Map(pool.endpoints.map(endpoint => [endpoint, rpcOf(endpoint)]))
  const whole = withStaticData(rpcOf())
  const rpc: Rpc = {
    ...whole,
    get members() {
      return candidates(pool.endpoints, 'getBlockHeight', pool).map(endpoint => members.get(endpoint)!)
    },
  }
  return {
    call: (method, params, call) => pool.call(method, params, call),
    rpc,
    report: () => pool.endpoints.map(endpoint => reportOf(endpoint, pool.clock.now(), pool.lagMax_slots)),
    warnings: () => warningsOf(pool.endpoints, pool.clock.now(), pool.lagMax_slots),
    close: () => pool.lookout.close(),
  }
}

class Pool {
  readonly endpoints: readonly Endpoint[]
  readonly clock: Clock
  readonly lagMax_slots: number
  readonly lookout: Lookout
  readonly #retries: number
  readonly #turns = new SendTurns()

  constructor(options: PoolOptions) {
    const { clock, fetch, batch, lagMax_slots = LAG_MAX_SLOTS } = options
    const isOne = options.endpoints.length === 1
    const timeout_ms = options.timeout_ms ?? (isOne ? TIMEOUT_MS : TIMEOUT_OF_SEVERAL_MS)
    this.clock = clock
    this.lagMax_slots = lagMax_slots
    this.#retries = options.retries ?? RETRIES
    const pause_ms = isOne ? undefined : PAUSE_OF_SEVERAL_MS
    this.endpoints = options.endpoints.map(
      settings => new Endpoint(settings, { clock, fetch, batch, lagMax_slots, timeout_ms, pause_ms, bestElsewhere }),
    )
    const all = this.endpoints
    function bestElsewhere(self: Endpoint, commitment: string): number {
      const others = all.filter(each => each !== self && !each.health.isForeign)
      return Math.max(0, ...others.map(each => each.health.slotAt(commitment) ?? 0))
    }
    this.lookout = new Lookout(all, { clock, watch: options.watch, genesisHash: options.genesisHash })
  }

  /** @param only The one endpoint that may be asked. */
  async call<T>(method: string, params: readonly unknown[], call: CallOptions, only?: Endpoint): Promise<T> {
    const { signal } = call
    signal?.throwIfAborted()
    await this.lookout.ready(signal)
    const among = only ? [only] : this.endpoints
    if (!call.repeatable) return this.#send<T>(method, params, among, signal)
    for (let failed = 0; ; failed++) {
      this.lookout.lookAround()
      const outcome = await this.#askInTurn<T>(method, params, among, call)
      if ('result' in outcome) return outcome.result
      const wait_ms = waitAfter_ms(outcome, failed)
      if (failed >= this.#retries || wait_ms === undefined) throw outcome.error
      await this.clock.sleep(wait_ms, signal)
    }
  }

  /** Each endpoint that may answer, once, until one does. */
  async #askInTurn<T>(
    method: string,
    params: readonly unknown[],
    among: readonly Endpoint[],
    call: CallOptions,
  ): Promise<Outcome<T>> {
    const order = candidates(among, method, this)
    if (order.length === 0) return nobody(among)
    const now = this.clock.now()
    const open = order.filter(endpoint => endpoint.health.limitedUntil <= now)
    if (open.length === 0) return limited(order, now)
    const failures: Failure[] = []
    for (const [index, endpoint] of open.entries()) {
      const outcome = await this.#ask<T>(endpoint, open[index + 1], method, params, call)
      if ('result' in outcome || !mayAnswerElsewhere(outcome.error)) return outcome
      failures.push(outcome)
    }
    const behind = among.filter(endpoint => !endpoint.health.isForeign && !order.includes(endpoint))
    return together([...failures, ...behind.map(endpoint => ({ error: behindError(endpoint) }))])
  }

  async #ask<T>(
    endpoint: Endpoint,
    spare: Endpoint | undefined,
    method: string,
    params: readonly unknown[],
    { signal, forSimulation = false }: CallOptions,
  ): Promise<Outcome<T>> {
    const ask = async (who: Endpoint, until: AbortSignal | undefined): Promise<Outcome<T>> =>
      (await this.lookout.identify(who, until)) ?? who.ask<T>(method, params, { signal: until, forSimulation })
    const usual_ms = endpoint.settings.hedge && spare ? endpoint.health.p95_ms() : undefined
    if (usual_ms === undefined || !spare) return ask(endpoint, signal)
    return hedge(
      this.clock,
      usual_ms,
      until => ask(endpoint, until),
      until => ask(spare, until),
      signal,
    )
  }

  /** Once, and without waiting: whether it goes again, and how long it may, is for who sends. */
  async #send<T>(
    method: string,
    params: readonly unknown[],
    among: readonly Endpoint[],
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const now = this.clock.now()
    const order = candidates(among, method, this)
    if (order.length === 0) throw nobody(among).error
    const open = order.filter(({ health, limit }) => health.limitedUntil <= now && limit.wait_ms(method, 'send') === 0)
    const endpoint = this.#turns.choose(open, method, params, now)
    if (!endpoint) throw limited(order, now).error
    const outcome = (await this.lookout.identify(endpoint, signal)) ?? (await endpoint.send<T>(method, params, signal))
    if ('result' in outcome) return outcome.result
    throw outcome.error
  }
}

/** Why none of them may be asked. */
function nobody(among: readonly Endpoint[]): Failure {
  const behind = among.find(({ health }) => !health.isForeign)
  if (behind) return { error: behindError(behind) }
  const urls = among.map(({ url }) => redactUrl(url)).join(', ')
  return { error: new ForgeError('CLUSTER_MISMATCH', { message: `${urls}: of another network than the others` }) }
}

/** All have said "later", or our own limits do. */
function limited(order: readonly Endpoint[], now: number): Failure {
  const until = Math.min(...order.map(({ health }) => health.limitedUntil))
  const urls = order.map(({ url }) => redactUrl(url)).join(', ')
  const message = until > now ? `${urls}: asked to wait ${until - now} ms` : `${urls}: the limit of requests is reached`
  return {
    error: new ForgeError('RPC_RATE_LIMITED', { message }),
    ...(until > now && { retryAfter_ms: until - now }),
  }
}

/** One failure for several: what passes leads, and the shortest wait counts. */
function together(failures: readonly Failure[]): Failure {
  const [only, ...others] = failures
  if (only && others.length === 0) return only
  const lead = failures.find(failure => waitAfter_ms(failure, 0) !== undefined) ?? only!
  const rest = failures.filter(failure => failure !== lead)
  const { code, remedy, context } = lead.error
  const message = [lead, ...rest].map(failure => failure.error.message).join('; ')
  const waits = failures.map(failure => failure.retryAfter_ms)
  return {
    error: new ForgeError(code, { message, remedy, context }),
    ...(waits.every(wait => wait !== undefined) && { retryAfter_ms: Math.min(...waits) }),
  }
}
