import { hash } from 'node:crypto'
import type { KeyScope } from './journal.ts'

/** What the journal takes once: network, wallet, deployment, node and the intent's own key. */
export function fullKeyOf(scope: KeyScope, node: string, key: string): string {
  return JSON.stringify([scope.genesisHash, scope.wallet, scope.deploymentId, node, key])
}

/** An order's id: 16 hex digits that follow from its full key. */
export function orderIdOf(fullKey: string): string {
  return hash('sha256', fullKey, 'hex').slice(0, 16)
}
