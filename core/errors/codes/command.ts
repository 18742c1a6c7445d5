import { codeTable } from '../exit-code.ts'

/** The command line. */
export const COMMAND_CODES = codeTable({
  USAGE: { exit: 2, meaning: 'The command was not used as its help says.', remedy: 'See --help.' },
})
