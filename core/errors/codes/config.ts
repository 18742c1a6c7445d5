import { codeTable } from '../exit-code.ts'

/** Pipelines, settings and cluster files. */
export const CONFIG_CODES = codeTable({
  CONFIG_INVALID: { exit: 78, meaning: 'A configuration has errors.', remedy: 'Correct what the diagnostics name.' },
})
