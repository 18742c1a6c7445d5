import { keyOf, type Slot } from './calendar.ts'
import type { Plan } from './plan.ts'

export interface Purchase {
  readonly slot: Slot
  /** Made up for after its time. */
  readonly late: boolean
}

export interface Decision {
  /** In calendar order. */
  readonly buy: readonly Purchase[]
  /** Never bought; with `spread` their amount goes to later slots. */
  readonly missed: readonly Slot[]
}

/**
 * What to do with slots whose time has come and that no order has. The latest is on time within the grace period; the
 * others passed while nothing ran (or the machine slept).
 */
export function decide(due: readonly Slot[], now: number, plan: Pick<Plan, 'catchUp' | 'grace_ms'>): Decision {
  const latest = due.at(-1)
  if (!latest) return { buy: [], missed: [] }
  const onTime = now - latest.at <= plan.grace_ms
  const passed = onTime ? due.slice(0, -1) : due
  const now_ = onTime ? [{ slot: latest, late: false }] : []
  switch (plan.catchUp) {
    case 'skip':
    case 'next':
    case 'spread':
      return { buy: now_, missed: passed }
    case 'one':
      return { buy: [...passed.slice(-1).map(late), ...now_], missed: passed.slice(0, -1) }
    case 'all':
      return { buy: [...passed.map(late), ...now_], missed: [] }
  }
}

function late(slot: Slot): Purchase {
  return { slot, late: true }
}

/** This slot's part of what missed slots left over, so that the last slot brings it to nothing. */
export function spreadShare(outstanding: bigint, remaining: number | undefined): bigint {
  if (outstanding <= 0n) return 0n
  const parts = BigInt(remaining ?? 1)
  return (outstanding + parts - 1n) / parts
}

/** A notice's title and text; `more`: whether slots remain that can take what was missed. */
export function missedText(
  missed: readonly Slot[],
  catchUp: Plan['catchUp'],
  more: boolean,
): { readonly title: string; readonly text: string } {
  const [first, last] = [keyOf(missed[0]!), keyOf(missed.at(-1)!)]
  const one = missed.length === 1
  const which = one ? `The slot of ${first}` : `The ${missed.length} slots from ${first} to ${last}`
  const then = {
    skip: 'left out',
    one: 'made up for by one purchase',
    spread: more ? 'added to the slots that remain' : 'left out, as no slot remains',
    all: 'bought now',
    next: more ? 'made up for by the next one' : 'left out, as no slot remains',
  }[catchUp]
  return {
    title: one ? 'A slot was missed' : `${missed.length} slots were missed`,
    text: `${which} passed without a purchase: ${then}${catchUp === 'next' ? '' : ` (catchUp: ${catchUp})`}.`,
  }
}
