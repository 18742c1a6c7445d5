import { codeTable } from '../exit-code.ts'

/** The command line. */
export const COMMAND_CODES = codeTable({
  USAGE: { exit: 2, meaning: 'The command was not used as its help says.', remedy: 'See --help.' },
  COMMAND_UNKNOWN: { exit: 2, meaning: 'There is no such command.', remedy: 'See `sniperforge --help`.' },
  FLAG_UNKNOWN: { exit: 2, meaning: 'The command has no such flag.', remedy: 'See --help for its flags.' },
  FLAG_INVALID: { exit: 2, meaning: "A flag's value is not one it takes.", remedy: 'See --help for what it takes.' },
  FLAG_MISSING: { exit: 2, meaning: 'A flag that the command needs was not given.', remedy: 'Give it; see --help.' },
  SPEED_REFUSED: {
    exit: 2,
    meaning: 'A speed was asked of a network whose time is not ours.',
    remedy: 'Leave --speed out: time is real there.',
  },
  YES_NEEDED: {
    exit: 2,
    meaning: 'Something that can not be undone was asked for, and nobody is there to confirm it.',
    remedy: 'Give --yes when you mean it.',
  },
  RUN_INTERRUPTED: {
    exit: 130,
    meaning: 'The run was stopped by a signal before it ended by itself.',
    remedy: 'Start it again on the same --data-dir: it goes on where it stopped.',
  },
  CLOCK_HELD: {
    exit: 75,
    meaning: "Another process drives the local server's time.",
    remedy: 'Wait until it ends, or start a local server of its own.',
  },
  WALLET_MISSING: {
    exit: 2,
    meaning: 'The network needs a wallet, and none was named.',
    remedy: 'Give --wallet FILE, or set SNIPERFORGE_WALLET_SECRET; `sniperforge wallet new FILE` makes one.',
  },
  HISTORY_MISSING: {
    exit: 1,
    meaning: 'There is no history to read.',
    remedy: 'Run a pipeline first, or name its --data-dir.',
  },
  FILE_REFUSED: {
    exit: 1,
    meaning: 'The system refused to read or write a file.',
    remedy: 'Free space on the disk, or check the path and its rights.',
  },
  UNEXPECTED: {
    exit: 1,
    meaning: 'Something failed that SniperForge did not foresee.',
    remedy: 'This is a defect: please report it, with the output of the same command and --log-level debug.',
  },
})
