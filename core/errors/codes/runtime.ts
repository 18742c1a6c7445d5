import { codeTable } from '../exit-code.ts'

/** The pipeline while it runs. */
export const RUNTIME_CODES = codeTable({
  NODE_FAILED: {
    exit: 1,
    meaning: 'A node failed and its policy is to stop.',
    remedy: 'Read the cause; set onError if the event may be skipped or retried.',
  },
  CLOCK_STUCK: { exit: 1, meaning: 'Virtual time has nowhere to go: a promise is awaited that no timer and no held work can settle.', remedy: 'Hold the clock around real work (files, sockets, imports), and take every timer from the clock.' },
})
