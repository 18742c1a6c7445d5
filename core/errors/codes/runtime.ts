import { codeTable } from '../exit-code.ts'

/** The pipeline while it runs, and its tests. */
export const RUNTIME_CODES = codeTable({
  NODE_FAILED: {
    exit: 1,
    meaning: 'A node failed and its policy is to stop.',
    remedy: 'Read the cause; set onError if the event may be skipped or retried.',
  },
  NODE_INVALID: {
    exit: 1,
    meaning: 'A plugin gave something to run that its definition does not allow.',
    remedy: 'Correct the plugin: its `setup` must give what `takes` and `gives` promise.',
  },
  NODE_HALTED: {
    exit: 1,
    meaning: 'An event waited at a node that had stopped after a failure.',
    remedy: 'Read the failure of that node; nothing was sent for this event.',
  },
  NODE_FINISHED: {
    exit: 1,
    meaning: 'An intent came to a node that had done all it was to do.',
    remedy: 'Nothing was sent for it; the node ends by its own settings: let it run longer if it should still trade.',
  },
  NODE_HANGS: {
    exit: 1,
    meaning: 'A node did not come to its end within the time for draining.',
    remedy:
      'Make it faster, or give what it waits for a limit; the orders are done, only what waited there was not told.',
  },
  EVENT_UNDECLARED: {
    exit: 1,
    meaning: 'A node gave an event of a kind that its definition does not name in `gives`.',
    remedy: 'Add the kind to `gives` of the plugin, or do not give it.',
  },
  EDGE_OVERRUN: {
    exit: 1,
    meaning: 'More events waited at a node than may wait: whoever gives them can not be slowed, or a sink hangs.',
    remedy: 'Give the source a `pull`, let the edge conflate or drop, or make the slow node faster.',
  },
  RUN_ABORTED: {
    exit: 130,
    meaning: 'The run was told to stop at once.',
    remedy: 'Start it again: what was under way is taken up from the journal.',
  },
  TEST_MOCK_MISSING: {
    exit: 1,
    meaning: 'Something under test asked for what no mock answers.',
    remedy: 'Mock it in the test.',
  },
  TEST_MISMATCH: {
    exit: 1,
    meaning: 'What came is not what a test expects.',
    remedy: 'Read the lines that differ: correct the plugin, or the test.',
  },
  CLOCK_STUCK: {
    exit: 1,
    meaning: 'Virtual time has nowhere to go: a promise is awaited that no timer and no held work can settle.',
    remedy: 'Hold the clock around real work (files, sockets, imports), and take every timer from the clock.',
  },
})
