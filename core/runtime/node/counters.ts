import type { NodeCounts } from '../result.ts'

/** The running counts of a node; see `NodeCounts`. */
export class Counters {
  in = 0
  out = 0
  errors = 0
  skipped = 0
  dropped = 0
  conflated = 0
  retries = 0

  snapshot(waiting: number): NodeCounts {
    const { in: taken, out, errors, skipped, dropped, conflated, retries } = this
    return { in: taken, out, errors, skipped, dropped, conflated, retries, waiting }
  }
}
