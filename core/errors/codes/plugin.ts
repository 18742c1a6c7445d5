import { codeTable } from '../exit-code.ts'

/** Finding, loading and running plugins, and what the places where they trade answer. */
export const PLUGIN_CODES = codeTable({
  PLUGIN_UNKNOWN: {
    exit: 78,
    meaning: 'No plugin of that kind and name is installed.',
    remedy: 'See `sniperforge plugins list`.',
  },
  PLUGIN_NOT_LOADED: {
    exit: 78,
    meaning: "A plugin's file can not be found or throws while it is imported.",
    remedy: 'Check the path, and run the file with node to see its error.',
  },
  PLUGIN_INVALID: {
    exit: 78,
    meaning: 'What a file or package exports is not a plugin.',
    remedy: 'Export a plugin as default: `export default definePlugin({ … })`.',
  },
  PLUGIN_API_MISMATCH: {
    exit: 78,
    meaning: 'A plugin was written for another version of the plugin contract.',
    remedy: 'Install a version of the plugin made for this SniperForge.',
  },
  PLUGIN_DUPLICATE: {
    exit: 78,
    meaning: 'Two plugins have the same kind and name.',
    remedy: 'Rename or remove one of them.',
  },
  PLUGIN_CONFIG_INVALID: {
    exit: 78,
    meaning: "A node's settings fit the schema but contradict each other.",
    remedy: 'Correct the field that the message names.',
  },
  PLUGIN_SERVICE_UNDECLARED: {
    exit: 1,
    meaning: 'A plugin used a service that its definition does not list in `needs`.',
    remedy: 'Add the service to `needs` in the definition.',
  },
  VENUE_UNAVAILABLE: {
    exit: 75,
    meaning: 'A place to trade did not answer, or asks to come back later.',
    remedy: 'Try again later; an API key raises the limits of public services.',
  },
  VENUE_REFUSED: {
    exit: 1,
    meaning: 'A place to trade refused the request, or answered something else than what was asked.',
    remedy: 'Read the message of the venue; the same request will be refused again.',
  },
})
