import { codeTable } from '../exit-code.ts'

/** Pipelines, settings and cluster files. All but CONFIG_INVALID are codes of diagnostics, with a place in a file. */
export const CONFIG_CODES = codeTable({
  CONFIG_INVALID: { exit: 78, meaning: 'A configuration has errors.', remedy: 'Correct what the diagnostics name.' },

  // The text
  CONFIG_FILE_MISSING: {
    exit: 78,
    meaning: 'A file that the configuration names can not be read.',
    remedy: 'Check the path; fragments and included files are relative to the file that names them.',
  },
  CONFIG_FILE_LOOP: {
    exit: 78,
    meaning: 'A file includes itself, directly or through others.',
    remedy: 'Take one of the includes out.',
  },
  CONFIG_TOO_LARGE: { exit: 78, meaning: 'A file is over the size limit.', remedy: 'Split it with $file or $nodes.' },
  CONFIG_TOO_DEEP: { exit: 78, meaning: 'A file is nested too deeply.', remedy: 'Flatten it.' },
  CONFIG_EMPTY: { exit: 78, meaning: 'A file has no content.', remedy: 'A pipeline needs `pipeline` and `nodes`.' },
  CONFIG_YAML_SYNTAX: { exit: 78, meaning: 'A text is not YAML.', remedy: 'See the place that is marked.' },
  CONFIG_YAML_INDENT: {
    exit: 78,
    meaning: 'A line is indented differently from its neighbours.',
    remedy: 'Fields of the same level start in the same column.',
  },
  CONFIG_YAML_TAB: {
    exit: 78,
    meaning: 'A line is indented with a tab.',
    remedy: 'YAML is indented with spaces only: replace each tab with two spaces.',
  },
  CONFIG_YAML_TAG: {
    exit: 78,
    meaning: 'A YAML tag (`!name`) is used.',
    remedy: 'Tags mean nothing here: take it out.',
  },
  CONFIG_MANY_DOCUMENTS: {
    exit: 78,
    meaning: 'A file holds several YAML documents.',
    remedy: 'Keep one, or make one file of each.',
  },
  CONFIG_DUPLICATE_KEY: { exit: 78, meaning: 'A field is given twice.', remedy: 'Keep one of the two.' },
  CONFIG_ALIAS_UNKNOWN: {
    exit: 78,
    meaning: 'A YAML alias (`*name`) has no anchor (`&name`) before it, or stands inside its own anchor.',
    remedy: 'Set the anchor first, or quote a text that begins with a star.',
  },
  CONFIG_ALIAS_BOMB: {
    exit: 78,
    meaning: 'The YAML aliases of a file expand to too much.',
    remedy: 'Use fewer aliases of aliases.',
  },
  CONFIG_JSON_SYNTAX: { exit: 78, meaning: 'A .json file is not JSON.', remedy: 'See the place that is marked.' },

  // Fields and values
  CONFIG_FIELD_UNKNOWN: {
    exit: 78,
    meaning: 'A field has a name nothing reads.',
    remedy: 'Use one of the known fields.',
  },
  CONFIG_FIELD_MISSING: { exit: 78, meaning: 'A required field is absent.', remedy: 'Add it.' },
  CONFIG_TYPE_WRONG: { exit: 78, meaning: 'A value has another type than its field.', remedy: 'See the hint.' },
  CONFIG_VALUE_UNKNOWN: { exit: 78, meaning: 'A value is none of the allowed ones.', remedy: 'Use one of them.' },
  CONFIG_OUT_OF_RANGE: {
    exit: 78,
    meaning: 'A value is too small, too large, too short or too long.',
    remedy: 'See the limit.',
  },
  CONFIG_FORMAT_WRONG: { exit: 78, meaning: 'A text has not the form its field needs.', remedy: 'See the hint.' },
  CONFIG_CRON_INVALID: {
    exit: 78,
    meaning: 'A text is not a cron expression.',
    remedy: 'Five fields, UTC: minute, hour, day, month, weekday, as in "0 * * * *".',
  },
  CONFIG_TIME_INVALID: {
    exit: 78,
    meaning: 'A text is not a time with a zone.',
    remedy: 'Write it as in "2026-01-31T12:00:00Z".',
  },
  CONFIG_PAIR_INVALID: { exit: 78, meaning: 'A text is not a pair of tokens.', remedy: 'Write it as in "SOL/USDC".' },

  // References
  CONFIG_REFERENCE_SYNTAX: {
    exit: 78,
    meaning: 'A `${…}` can not be read.',
    remedy: 'Write ${params.name}, ${settings.name}, ${env.NAME} or ${secret.NAME}; $${ for a plain ${.',
  },
  CONFIG_REFERENCE_UNKNOWN: {
    exit: 78,
    meaning: 'A `${…}` names a param or a setting that is not there.',
    remedy: 'Declare the param, or add the setting.',
  },
  CONFIG_ENV_MISSING: { exit: 78, meaning: 'An environment variable is not set.', remedy: 'Set it.' },
  CONFIG_SECRET_MISSING: {
    exit: 78,
    meaning: 'A secret is not there.',
    remedy: 'Secrets come from the environment: read -rs NAME && export NAME.',
  },
  CONFIG_PARAM_SCHEMA: { exit: 78, meaning: 'The schema of a param is not right.', remedy: 'See JSON Schema 2020-12.' },
  CONFIG_PARAM_MISSING: {
    exit: 78,
    meaning: 'A param was given by no flag and has no default.',
    remedy: 'Give the flag.',
  },
  CONFIG_PARAM_UNKNOWN: {
    exit: 78,
    meaning: 'A param was given that the pipeline has not.',
    remedy: 'See the known ones.',
  },
  CONFIG_SETTING_UNREAD: {
    exit: 78,
    meaning: 'A setting is read by no node (a warning).',
    remedy: 'Correct its name, or take it out.',
  },
  CONFIG_SET_INVALID: { exit: 78, meaning: 'A --set is not `name=value`.', remedy: 'As in --set amount="25 USDC".' },
  CONFIG_SET_UNKNOWN: {
    exit: 78,
    meaning: 'A --set names a setting that no node reads.',
    remedy: 'See the known ones.',
  },

  // Wallets
  CONFIG_WALLET_UNKNOWN: {
    exit: 78,
    meaning: 'An execution names a wallet that the pipeline does not have.',
    remedy: 'Name it under `wallets`, as in `wallets: {savings: {file: savings.json}}`.',
  },
  CONFIG_WALLET_REFUSED: {
    exit: 78,
    meaning: 'A node that is no execution names a wallet.',
    remedy: 'Write `wallet` at the execution that its intents reach.',
  },
  CONFIG_WALLETS_SEVERAL: {
    exit: 78,
    meaning: 'The intents of a node reach executions with several wallets.',
    remedy: 'An order has one wallet: give each a node of its own.',
  },
  CONFIG_WALLET_UNUSED: {
    exit: 78,
    meaning: 'A wallet is named, and no execution trades with it (a warning).',
    remedy: 'Write `wallet: NAME` at an execution, or take it out.',
  },
  CONFIG_SECRET_CLEAR: {
    exit: 78,
    meaning: "A wallet's secret is written into a file.",
    remedy: 'Write "${secret.NAME}", and set the environment variable NAME.',
  },

  // Nodes and wires
  CONFIG_NODE_KIND: {
    exit: 78,
    meaning: 'A node has no kind, or more than one.',
    remedy: 'A node is `kind: plugin`, as in `sink: console`, or `$nodes: file`.',
  },
  CONFIG_NODE_NAME: {
    exit: 78,
    meaning: 'A name has characters it may not have.',
    remedy: 'Use letters, digits, hyphens and underscores; begin with a letter.',
  },
  CONFIG_NODE_UNKNOWN: { exit: 78, meaning: 'A `from` names no node.', remedy: 'Use the name of a node of this file.' },
  CONFIG_NODES_EMPTY: {
    exit: 78,
    meaning: 'A file has no nodes.',
    remedy: 'Add at least a source or a strategy, and a sink.',
  },
  CONFIG_PORT_UNKNOWN: { exit: 78, meaning: 'A fragment has no such port.', remedy: 'Use one of its ports.' },
  CONFIG_PORT_MISSING: { exit: 78, meaning: 'An input of a fragment is not wired.', remedy: 'Wire it under `ports`.' },
  CONFIG_NOT_A_PIPELINE: {
    exit: 78,
    meaning: 'A fragment stands where a pipeline is needed, or a pipeline where a fragment is needed.',
    remedy: 'A pipeline begins with `pipeline: name`, a fragment with `fragment: name`.',
  },
  CONFIG_CYCLE: { exit: 78, meaning: 'Nodes wait for each other in a circle.', remedy: 'Take one of the wires out.' },
  CONFIG_WIRE_EMPTY: {
    exit: 78,
    meaning: 'A wire can carry nothing: what one node gives, the other does not take.',
    remedy: 'Put a node between them that takes the one and gives the other.',
  },
  CONFIG_INPUT_MISSING: { exit: 78, meaning: 'A node that needs input has no `from`.', remedy: 'Add `from`.' },
  CONFIG_INPUT_REFUSED: { exit: 78, meaning: 'A node that takes nothing has a `from`.', remedy: 'Take `from` out.' },
  CONFIG_OUTPUT_UNUSED: {
    exit: 78,
    meaning: 'Nobody takes what a node gives (a warning).',
    remedy: 'Name it in the `from` of another node, or take it out.',
  },
  CONFIG_EDGE_DROPS: {
    exit: 78,
    meaning: 'An edge that may drop events carries intents or reports.',
    remedy: 'Use `whenFull: block` there.',
  },
  CONFIG_ORDER_BEHIND: {
    exit: 78,
    meaning: 'An order node stands behind one that must see each order as it is traded, as risk limits must.',
    remedy: 'Wire them the other way round: what limits takes from the other, and the execution from what limits.',
  },
  CONFIG_PLUGINS_REFUSED: {
    exit: 78,
    meaning: 'A pipeline names plugins of its own where none are loaded.',
    remedy: 'Run it with `sniperforge run`.',
  },
  CONFIG_PLUGIN_API: {
    exit: 78,
    meaning: 'A plugin was written for another version of the plugin contract.',
    remedy: 'Install versions of the plugin and of sniperforge that fit each other.',
  },
  CONFIG_MANY_PROBLEMS: { exit: 78, meaning: 'More problems than are shown.', remedy: 'Correct those first.' },
})
