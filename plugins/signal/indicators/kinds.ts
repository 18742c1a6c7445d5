import { atr } from './kinds/atr.ts'
import { emaCross, smaCross } from './kinds/average-cross.ts'
import { bollinger } from './kinds/bollinger.ts'
import { macd } from './kinds/macd.ts'
import { roc } from './kinds/roc.ts'
import { rsi } from './kinds/rsi.ts'
import { supertrend } from './kinds/supertrend.ts'
import { volatility } from './kinds/volatility.ts'
import { vwap } from './kinds/vwap.ts'
import type { IndicatorKind } from './reading.ts'

/** Every indicator there is, each a signal plugin of its own name and a kind of the plugin `indicators`. */
export const INDICATOR_KINDS: readonly IndicatorKind[] = [
  emaCross,
  smaCross,
  roc,
  macd,
  rsi,
  bollinger,
  supertrend,
  vwap,
  atr,
  volatility,
]
