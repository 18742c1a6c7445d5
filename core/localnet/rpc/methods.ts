import type { Method } from './method.ts'
import { ACCOUNT_METHODS } from './methods/account-methods.ts'
import { CLUSTER_METHODS } from './methods/cluster-methods.ts'
import { FEE_METHODS } from './methods/fee-methods.ts'
import { HISTORY_METHODS } from './methods/history-methods.ts'
import { SEND_METHODS } from './methods/send-methods.ts'
import { SLOT_METHODS } from './methods/slot-methods.ts'
import { TOKEN_METHODS } from './methods/token-methods.ts'

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
