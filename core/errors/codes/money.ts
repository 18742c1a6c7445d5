import { codeTable } from '../exit-code.ts'

/** Amounts, prices, tokens. */
export const MONEY_CODES = codeTable({
  AMOUNT_INVALID: { exit: 78, meaning: 'An amount is not a number with a token.', remedy: 'Write it as in "10 USDC".' },
  PRICE_INVALID: {
    exit: 78,
    meaning: 'A price is not a positive number.',
    remedy: 'Write it as in "140" or "140.25".',
  },
  TOKEN_UNKNOWN: {
    exit: 78,
    meaning: 'The cluster has no such token.',
    remedy: 'Give a symbol of the cluster file or a mint address.',
  },
  TOKEN_MISMATCH: {
    exit: 1,
    meaning: 'Two amounts of different tokens or clusters met.',
    remedy: 'This is a defect: please report it.',
  },
  ROUNDING_INEXACT: {
    exit: 1,
    meaning: 'A division that had to be exact was not.',
    remedy: 'This is a defect: please report it.',
  },
  DURATION_INVALID: {
    exit: 78,
    meaning: 'A duration is not a number with a unit.',
    remedy: 'Write it as in "30s", "5m", "1h" or "7d".',
  },
})
