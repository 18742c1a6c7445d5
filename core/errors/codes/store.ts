import { codeTable } from '../exit-code.ts'

/** The journal, history and caches on disk. */
export const STORE_CODES = codeTable({
  STORE_LEASED: {
    exit: 1,
    meaning: 'Another process is writing to this data directory.',
    remedy: 'Wait until it ends, or use another --data-dir.',
  },
  REQUEST_UNANSWERED: {
    exit: 75,
    meaning: 'The process that holds the data directory did not answer a request.',
    remedy: 'Look at that process; a stopped one loses the directory within 15 s, and the request can be made again.',
  },
  STORE_LEASE_LOST: {
    exit: 1,
    meaning: 'Another process has taken over this data directory, because this one did not renew its lease in time.',
    remedy: 'Leave the trading to the other process, or stop it and start this one again.',
  },
  STORE_BUSY: {
    exit: 75,
    meaning: 'Another program holds the database.',
    remedy: 'Close what has the file open (a backup, a database browser), and try again.',
  },
  STORE_WRITE_FAILED: {
    exit: 1,
    meaning: 'The disk refused a write: nothing was changed.',
    remedy: 'Free space on the disk and check the rights of the data directory.',
  },
  STORE_CORRUPT: {
    exit: 1,
    meaning: 'The database of the data directory is damaged.',
    remedy: 'Restore it from a backup; do not trade with a new directory before you have looked at the chain.',
  },
  STORE_TOO_NEW: {
    exit: 1,
    meaning: 'The data directory was written by a newer version.',
    remedy: 'Use that version.',
  },
  STORE_DEPLOYMENT_CHANGED: {
    exit: 78,
    meaning: 'The pipeline or its settings changed while orders or state of an earlier run are open.',
    remedy: 'Give --adopt to go on with what is open, or --new to leave it and start afresh.',
  },
  STORE_WALLET_ABSENT: {
    exit: 78,
    meaning: 'Orders are open that were traded with a wallet which this run does not have.',
    remedy:
      'Let the pipeline name that wallet again until they are settled; or start with --new, which leaves them behind.',
  },
  STORE_ORDERS_IN_FLIGHT: {
    exit: 1,
    meaning: 'A new start was asked for while transactions of the earlier one may still land.',
    remedy: 'Start once with --adopt, which settles them before anything else, and then with --new.',
  },
})
