import type { Clock } from '../../time/clock.ts'
import type { Rpc } from '../rpc/rpc.ts'

/** How long a slot takes. Source: DEFAULT_MS_PER_SLOT of the Solana SDK. */
const SLOT_MS = 400
/** A bundle that is sent so many slots ahead reaches the leader in time. */
const NEAR_SLOTS = 2
/** Nobody waits longer: 32 slots are 13 seconds, in which the price is another. */
const LOOK_AHEAD_SLOTS = 32

/** Waits for the turn of a leader that takes bundles, as far as it is known which do. */
export class BundleLeaders {
  readonly #rpc: Pick<Rpc, 'slot' | 'slotLeaders'>
  readonly #clock: Clock
  readonly #validators: ReadonlySet<string>

  /** @param validators identities of validators that run Jito's client; empty when none is known */
  constructor(rpc: Pick<Rpc, 'slot' | 'slotLeaders'>, clock: Clock, validators: readonly string[]) {
    this.#rpc = rpc
    this.#clock = clock
    this.#validators = new Set(validators)
  }

  /**
   * Resolves when such a leader is near, or at once when none comes soon; answers what it knew, for the receipt.
   *
   * @throws what `Rpc` throws, and the signal's reason
   */
  async near(signal: AbortSignal): Promise<string> {
    if (this.#validators.size === 0) {
      return "next Jito leader: not known: the cluster file lists no validators, and the engine's JSON-RPC does not tell; the engine keeps the bundle for that leader"
    }
    const slot = await this.#rpc.slot('processed')
    const leaders = await this.#rpc.slotLeaders(slot, LOOK_AHEAD_SLOTS)
    const away = leaders.findIndex(leader => this.#validators.has(leader))
    if (away < 0) return `next Jito leader: none within ${LOOK_AHEAD_SLOTS} slots, so it was not waited for`
    const wait = Math.max(0, away - NEAR_SLOTS)
    if (wait > 0) await this.#clock.sleep(wait * SLOT_MS, signal)
    return `next Jito leader: slot ${slot + away}, waited ${wait} slots for it`
  }
}
