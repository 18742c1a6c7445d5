import { codeTable } from '../exit-code.ts'

/** Finding, loading and running plugins. */
export const PLUGIN_CODES = codeTable({
  PLUGIN_UNKNOWN: {
    exit: 78,
    meaning: 'No plugin of that kind and name is installed.',
    remedy: 'See `sniperforge plugins list`.',
  },
})
