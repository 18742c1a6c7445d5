import type { Condition } from './condition.ts'
import type { ConditionWorld } from './evaluate.ts'
import type { Gate } from './gates.ts'
import type { Term } from './term.ts'

interface Kept {
  readonly id: string
  readonly sequence: number
  readonly condition: Condition
  isGone: boolean
}

/** The gates of one term on one side, once sorted from the one that opens first. */
interface Side {
  readonly term: Term
  readonly side: Gate['side']
  gates: { readonly gate: Gate; readonly kept: Kept }[]
  isSorted: boolean
}

/**
 * Many conditions, of which only those are asked that may hold: by the comparison with a constant that must come first, as
 * in `price(SOL/USDC) < 140 && …`. A world costs as much as there are terms to compare, conditions whose first comparison
 * holds, and conditions without one.
 */
export class ConditionIndex {
  readonly #kept = new Map<string, Kept>()
  readonly #sides = new Map<string, Side>()
  readonly #ungated = new Map<string, Kept>()
  #sequence = 0

  add(id: string, condition: Condition): void {
    this.remove(id)
    const kept: Kept = { id, sequence: this.#sequence++, condition, isGone: false }
    this.#kept.set(id, kept)
    if (!condition.gates) this.#ungated.set(id, kept)
    for (const gate of condition.gates ?? []) {
      const side = this.#sideOf(gate)
      side.gates.push({ gate, kept })
      side.isSorted = false
    }
  }

  remove(id: string): void {
    const kept = this.#kept.get(id)
    if (!kept) return
    // Its gates go when their side is sorted again.
    kept.isGone = true
    for (const gate of kept.condition.gates ?? []) this.#sideOf(gate).isSorted = false
    this.#kept.delete(id)
    this.#ungated.delete(id)
  }

  get(id: string): Condition | undefined {
    return this.#kept.get(id)?.condition
  }

  /** In the order they were added. */
  conditions(): readonly Condition[] {
    return [...this.#kept.values()].map(({ condition }) => condition)
  }

  /** Ids of those that hold, in the order they were added. */
  holding(world: ConditionWorld): readonly string[] {
    const held = new Set<Kept>()
    const ask = (kept: Kept): void => {
      if (!held.has(kept) && kept.condition.evaluate(world) === 'holds') held.add(kept)
    }
    for (const kept of this.#ungated.values()) ask(kept)
    for (const side of this.#sides.values()) {
      const value = world.answer(side.term)
      if (typeof value !== 'number') continue
      for (const { gate, kept } of sorted(side)) {
        if (!isOpen(gate, value)) break
        ask(kept)
      }
    }
    return [...held].sort((a, b) => a.sequence - b.sequence).map(({ id }) => id)
  }

  #sideOf({ term, side }: Gate): Side {
    const name = `${side} ${term.id}`
    const known = this.#sides.get(name)
    if (known) return known
    const made: Side = { term, side, gates: [], isSorted: true }
    this.#sides.set(name, made)
    return made
  }
}

/** The first that is closed ends the search. */
function sorted(side: Side): Side['gates'] {
  if (side.isSorted) return side.gates
  side.isSorted = true
  const sign = side.side === 'below' ? -1 : 1
  side.gates = side.gates
    .filter(({ kept }) => !kept.isGone)
    .sort((a, b) => sign * (a.gate.constant - b.gate.constant) || Number(b.gate.orEqual) - Number(a.gate.orEqual))
  return side.gates
}

function isOpen({ side, constant, orEqual }: Gate, value: number): boolean {
  if (value === constant) return orEqual
  return side === 'below' ? value < constant : value > constant
}
