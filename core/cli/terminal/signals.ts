/** The first signal drains, the second stops at once. */
export interface StopSignals {
  readonly drain: AbortSignal
  readonly abort: AbortSignal
  /** Gives the signals back to the process. */
  release(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Takes SIGINT and SIGTERM of this process until released; `announce` is told of the first and the second. */
export function takeSignals(announce: (signal: NodeJS.Signals, count: 1 | 2) => void): StopSignals {
  const drain = new AbortController()
  const abort = new AbortController()
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!drain.signal.aborted) {
      announce(signal, 1)
      drain.abort(signal)
    } else if (!abort.signal.aborted) {
      announce(signal, 2)
      abort.abort(signal)
    }
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    drain: drain.signal,
    abort: abort.signal,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}
