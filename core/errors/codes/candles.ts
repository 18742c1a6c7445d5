import { codeTable } from '../exit-code.ts'

/** Files of candles. */
export const CANDLE_CODES = codeTable({
  CANDLES_INVALID: {
    exit: 78,
    meaning: 'A candle file can not be read, or its candles are not in order.',
    remedy: 'Give CSV (also gzipped) or Parquet with the columns timestamp, open, high, low, close, volume.',
  },
})
