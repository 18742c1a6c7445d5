import { codeTable } from '../exit-code.ts'

/** The embedded Solana. */
export const LOCALNET_CODES = codeTable({
  MARKET_FILE_INVALID: { exit: 78, meaning: 'A candle file can not be read.', remedy: 'Give a CSV with timestamp, open, high, low, close, volume.' },
})
