import { codeTable } from '../exit-code.ts'

/** The embedded Solana. */
export const LOCALNET_CODES = codeTable({
  LOCALNET_TX_FAILED: {
    exit: 1,
    meaning: 'The embedded chain refused a transaction.',
    remedy: "The program's logs say which check failed.",
  },
  LOCALNET_WIRE_INVALID: {
    exit: 1,
    meaning: 'Bytes that are no well-formed transaction.',
    remedy: 'Serialize and sign the transaction with a Solana library; it may have 1,232 bytes at most.',
  },
  LOCALNET_GENESIS_OVER: {
    exit: 1,
    meaning: 'An account was set after the chain had started.',
    remedy: 'Set accounts and programs before the chain starts; afterwards send transactions.',
  },
  LOCALNET_FORK_KEPT: {
    exit: 1,
    meaning: 'A fork was asked of an embedded chain that is kept on disk.',
    remedy: 'Try forks on a chain without a directory.',
  },
  LOCALNET_STATE_FOREIGN: {
    exit: 78,
    meaning: 'The data directory holds another chain than the one asked for.',
    remedy: 'Use the seed, market and loaded accounts it was made with, or another --data-dir.',
  },
  LOCALNET_STATE_DAMAGED: {
    exit: 1,
    meaning: 'The kept state of the embedded chain can not be read.',
    remedy: 'Restore the directory from a backup, or start a new chain in another one.',
  },
  LOCALNET_IN_USE: {
    exit: 75,
    meaning: 'Another process runs the chain of this data directory.',
    remedy: 'Stop it first, or use another --data-dir.',
  },
  LOCALNET_ACCOUNT_FILE_INVALID: {
    exit: 78,
    meaning: 'A file of a loaded account or program can not be read.',
    remedy: 'Give files as written by `solana account --output json`, named <address>.json, and <program id>.so.',
  },
  LOCALNET_CLONE_FAILED: {
    exit: 75,
    meaning: 'Accounts could not be fetched from another cluster.',
    remedy: 'Check the URL and the addresses; public endpoints limit the rate.',
  },
  LOCALNET_PORT_TAKEN: {
    exit: 1,
    meaning: 'The port of the local server, or the one after it, is taken.',
    remedy: 'Choose another with --port, or 0 for any free pair.',
  },
})
