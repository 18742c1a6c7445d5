import { codeTable } from '../exit-code.ts'

/** The embedded Solana. */
export const LOCALNET_CODES = codeTable({
  LOCALNET_TX_FAILED: { exit: 1, meaning: 'The embedded chain refused a transaction.', remedy: "The program's logs say which check failed." },
  MARKET_FILE_INVALID: {
    exit: 78,
    meaning: 'A candle file can not be read.',
    remedy: 'Give a CSV with timestamp, open, high, low, close, volume.',
  },
})
