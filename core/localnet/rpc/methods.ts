import { ACCOUNT_METHODS } from './account-methods.ts'
import { CLUSTER_METHODS } from './cluster-methods.ts'
import { FEE_METHODS } from './fee-methods.ts'
import { HISTORY_METHODS } from './history-methods.ts'
import type { Method } from './method.ts'
import { SEND_METHODS } from './send-methods.ts'
import { SLOT_METHODS } from './slot-methods.ts'
import { TOKEN_METHODS } from './token-methods.ts'

/** Every HTTP method of the embedded chain. */
export const RPC_METHODS: Readonly<Record<string, Method>> = {
  ...ACCOUNT_METHODS,
  ...TOKEN_METHODS,
  ...SLOT_METHODS,
  ...FEE_METHODS,
  ...SEND_METHODS,
  ...HISTORY_METHODS,
  ...CLUSTER_METHODS,
}
