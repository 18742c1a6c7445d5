import { hash } from 'node:crypto'
import type { KeyScope } from './journal.ts'

/** What the journal takes once: network, wallet, deployment, node and the intent's own key. */
export function fullKeyOf(scope: KeyScope, node: string, key: string): string {
  return `${beginningOf(scope)},${JSON.stringify(node)},${JSON.stringify(key)}]`
}

const beginnings = new WeakMap<KeyScope, string>()

/** `["genesis","wallet","deployment"`: the same for every key of a run. */
function beginningOf(scope: KeyScope): string {
  const known = beginnings.get(scope)
  if (known !== undefined) return known
  const beginning = JSON.stringify([scope.genesisHash, scope.wallet, scope.deploymentId]).slice(0, -1)
  beginnings.set(scope, beginning)
  return beginning
}

/** An order's id: 16 hex digits that follow from its full key. */
export function orderIdOf(fullKey: string): string {
  return hash('sha256', fullKey, 'hex').slice(0, 16)
}
