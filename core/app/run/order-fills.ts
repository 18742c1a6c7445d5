import type { FailedLanding, Fill, Report } from '../../events/report.ts'
import { wholeFill } from '../../orders/parts.ts'

/** What an order traded, all its transactions together. */
export interface OrderFill {
  readonly report: Report
  readonly fill: Fill
  /** Taken up from an earlier run. */
  readonly recovered: boolean
}

/** A transaction of an order that landed and failed. */
export interface OrderLanding {
  readonly report: Report
  readonly landing: FailedLanding
}

/**
 * The one fill of each order, from its reports: that of its end, or the parts that have landed where it has not come to
 * one; and its transactions that landed and failed. What is heard twice counts once.
 */
export class OrderFills {
  readonly #fills = new Map<string, OrderFill>()
  readonly #parts = new Map<string, readonly Fill[]>()
  readonly #ended = new Set<string>()
  /** By signature. */
  readonly #failed = new Map<string, OrderLanding>()
  /** Signatures of those that were counted before. */
  readonly #countedBefore = new Set<string>()

  /** A transaction that landed and failed is not counted here: it has been elsewhere. */
  leaveOut({ signature }: FailedLanding): void {
    this.#countedBefore.add(signature)
  }

  /** Told of every report; those of nothing that has landed are passed over, as are simulated ones. */
  see(report: Report): void {
    for (const landing of report.failedLandings ?? []) {
      if (this.#countedBefore.has(landing.signature)) continue
      if (!this.#failed.has(landing.signature)) this.#failed.set(landing.signature, { report, landing })
    }
    // What a divided order came to was counted with its parts.
    if (report.state === 'filled' && report.isSum) return
    if (this.#ended.has(report.orderId)) return
    if (report.state === 'partly-filled') this.#addPart(report, report.fill)
    if (report.state !== 'filled') return
    this.#ended.add(report.orderId)
    this.#fills.set(report.orderId, { report, fill: report.fill, recovered: report.recovered })
  }

  /** In the order in which the first of each landed. */
  list(): readonly OrderFill[] {
    return [...this.#fills.values()]
  }

  failed(): readonly OrderLanding[] {
    return [...this.#failed.values()]
  }

  /** What is paid for counts, also when the rest of its order comes to no end. */
  #addPart(report: Report, part: Fill): void {
    const before = this.#parts.get(report.orderId) ?? []
    if (before.some(({ signature }) => signature === part.signature)) return
    this.#parts.set(report.orderId, [...before, part])
    const [first = part, ...others] = [...before, part]
    this.#fills.set(report.orderId, { report, fill: wholeFill([first, ...others]), recovered: false })
  }
}
