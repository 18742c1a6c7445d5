import { BACKTEST_CODES } from './codes/backtest.ts'
import { CANDLE_CODES } from './codes/candles.ts'
import { CHAIN_CODES } from './codes/chain.ts'
import { COMMAND_CODES } from './codes/command.ts'
import { CONFIG_CODES } from './codes/config.ts'
import { LOCALNET_CODES } from './codes/localnet.ts'
import { MONEY_CODES } from './codes/money.ts'
import { ORDER_CODES } from './codes/orders.ts'
import { PLUGIN_CODES } from './codes/plugin.ts'
import { RUNTIME_CODES } from './codes/runtime.ts'
import { STORE_CODES } from './codes/store.ts'

export type { ExitCode } from './exit-code.ts'

/** Every error code, with the exit code it leads to, what it means, and the remedy shown when none nearer is known. */
export const ERROR_CODES = {
  ...MONEY_CODES,
  ...CONFIG_CODES,
  ...PLUGIN_CODES,
  ...RUNTIME_CODES,
  ...ORDER_CODES,
  ...CHAIN_CODES,
  ...STORE_CODES,
  ...LOCALNET_CODES,
  ...CANDLE_CODES,
  ...BACKTEST_CODES,
  ...COMMAND_CODES,
}

export type ErrorCode = keyof typeof ERROR_CODES
