import type { IntentEvent } from '../core/events/event.ts'
import { parseAmount } from '../core/money/amount.ts'
import type { TokenDirectory } from '../core/money/token.ts'
import type { Deployment, DeploymentRequest } from '../core/store/deployment.ts'
import { openMemoryStore } from '../core/store/store.ts'
import { seededRandom } from '../core/time/random.ts'

/** Where the orders of a node `plan` are kept: in memory. */
export function planDeployment(of: Pick<DeploymentRequest, 'genesisHash' | 'wallet' | 'now'>): Deployment {
  const store = openMemoryStore({ random: seededRandom('1') })
  return store.deploy({ ...of, pipeline: 'test', nodes: ['plan'], fingerprint: '', onChange: 'refuse' })
}

/** What that node wants: an amount, as people write it, into a token. */
export function planIntent(
  tokens: TokenDirectory,
  wish: Pick<IntentEvent, 'at' | 'key'> & { readonly amount: string; readonly output: string },
  more: Partial<IntentEvent> = {},
): IntentEvent {
  const amount = parseAmount(wish.amount, tokens)
  const output = tokens.find(wish.output)
  const { at, key } = wish
  const sides = { input: amount.token, output, amount, exact: 'in' } as const
  return { kind: 'intent', at, key, node: 'plan', ...sides, reason: 'a test', ...more }
}
