import { codeTable } from '../exit-code.ts'

/** The pipeline while it runs. */
export const RUNTIME_CODES = codeTable({
  NODE_FAILED: { exit: 1, meaning: 'A node failed and its policy is to stop.', remedy: 'Read the cause; set onError if the event may be skipped or retried.' },
})
