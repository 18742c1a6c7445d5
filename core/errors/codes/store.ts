import { codeTable } from '../exit-code.ts'

/** The journal, history and caches on disk. */
export const STORE_CODES = codeTable({
  STORE_LEASED: {
    exit: 1,
    meaning: 'Another process is writing to this data directory.',
    remedy: 'Wait until it ends, or use another --data-dir.',
  },
})
