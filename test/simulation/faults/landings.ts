import { SLOT_MS } from '../../../core/localnet/ledger/slots.ts'
import type { Clock } from '../../../core/time/clock.ts'
import type { Trace } from '../trace.ts'
import type { FaultPlan } from './fault-plan.ts'

interface Way {
  readonly name: string
  readonly firstAt_ms: number
  arrivals: number
  /** How many arrivals come to nothing. */
  readonly dropped: number
  /** Lands by itself so long after its first arrival, and by no other. */
  readonly late_ms: number | undefined
  /** Seen in a block of a fork so long. */
  readonly forked_ms: number
  /** Its block is given up after it has landed; a leader may bring it back so long after. */
  takenBack: { readonly again_ms: number | undefined } | undefined
}

/** Longer than any blockhash lives. */
const LATE_MAX_MS = 75_000
const FORK_MAX_MS = 4_000

/**
 * What becomes of transactions between the node that took them and a block: dropped by leaders, landing long after, in a
 * block that only some have seen (a status that was there, unconfirmed, and then is not), or in one that everybody has
 * seen and the cluster gives up again, with all that came in it.
 */
export class Landings {
  readonly #ways = new Map<string, Way>()
  readonly #plan: FaultPlan
  readonly #clock: Clock
  readonly #trace: Trace
  readonly #land: (wire: string) => Promise<void>
  readonly #takeBack: () => readonly { readonly signature: string; readonly wire: Uint8Array }[]
  readonly #isCalm: () => boolean

  constructor(parts: {
    plan: FaultPlan
    clock: Clock
    trace: Trace
    land: (wire: string) => Promise<void>
    /** Gives up the blocks that are not confirmed; answers what was in them. */
    takeBack: () => readonly { readonly signature: string; readonly wire: Uint8Array }[]
    isCalm: () => boolean
  }) {
    this.#plan = parts.plan
    this.#clock = parts.clock
    this.#trace = parts.trace
    this.#land = parts.land
    this.#takeBack = parts.takeBack
    this.#isCalm = parts.isCalm
  }

  /** A node has taken these bytes (base64). */
  async arrive(signature: string, wire: string): Promise<void> {
    const way = this.#ways.get(signature) ?? this.#begin(signature, wire)
    way.arrivals++
    if (way.late_ms !== undefined) return
    if (way.arrivals <= way.dropped || this.#isForked(way)) {
      this.#trace.add(`landing: ${way.name} dropped`)
      return
    }
    await this.#lands(way, wire)
  }

  /** The status of a block that will be given up. */
  forkedStatus(signature: string, slot: number): object | null {
    const way = this.#ways.get(signature)
    if (!way || !this.#isForked(way)) return null
    return { slot, confirmations: 0, err: null, status: { Ok: null }, confirmationStatus: 'processed' }
  }

  #begin(signature: string, wire: string): Way {
    const name = `landing ${this.#ways.size}`
    const fault = this.#isCalm() ? undefined : this.#plan.at('landing', name)
    const way: Way = {
      name,
      firstAt_ms: this.#clock.now(),
      arrivals: 0,
      dropped: fault?.kind === 'dropped-some' ? 1 + fault.random.int(30) : fault?.kind === 'dropped-all' ? 1_000 : 0,
      late_ms: fault?.kind === 'late' ? fault.random.int(LATE_MAX_MS) : undefined,
      forked_ms: fault?.kind === 'forked' ? SLOT_MS + fault.random.int(FORK_MAX_MS) : 0,
      takenBack:
        fault?.kind === 'taken-back'
          ? { again_ms: fault.random.int(2) === 0 ? undefined : fault.random.int(LATE_MAX_MS) }
          : undefined,
    }
    this.#ways.set(signature, way)
    this.#trace.add(`${name}: ${signature.slice(0, 8)} ${fault ? `** ${fault.kind}` : ''}`, true)
    if (way.late_ms !== undefined) {
      this.#clock.at(way.firstAt_ms + way.late_ms, () => {
        this.#lands(way, wire).catch((thrown: unknown) => this.#trace.add(`landing: ${String(thrown)}`, true))
      })
    }
    return way
  }

  async #lands(way: Way, wire: string): Promise<void> {
    this.#trace.add(`${way.name} reaches the leader`, way.arrivals <= 1 || way.late_ms !== undefined)
    await this.#land(wire)
    const { takenBack } = way
    if (!takenBack) return
    way.takenBack = undefined
    const slotLeft_ms = SLOT_MS - (this.#clock.now() % SLOT_MS)
    this.#clock.at(this.#clock.now() + Math.floor(slotLeft_ms / 2), () => this.#giveUp(takenBack.again_ms))
  }

  /** Another fork is the longer one: what was in the blocks that are given up may be in a later one. */
  #giveUp(again_ms: number | undefined): void {
    const taken = this.#takeBack()
    const names = taken.map(({ signature }) => signature.slice(0, 8))
    this.#trace.add(`landing: a fork takes back ${names.join(', ') || 'nothing'}`, true)
    if (again_ms === undefined) return
    this.#clock.at(this.#clock.now() + again_ms, () => {
      for (const { wire } of taken) {
        this.#land(Buffer.from(wire).toString('base64')).catch((thrown: unknown) =>
          this.#trace.add(`landing: ${String(thrown)}`, true),
        )
      }
    })
  }

  #isForked(way: Way): boolean {
    return this.#clock.now() - way.firstAt_ms < way.forked_ms
  }
}
