import type { IntentEvent } from '../../../core/index.ts'
import type { Random } from '../../../core/time/random.ts'
import { type Ask, inDigits } from './asks.ts'

/** Order plugins that make several orders of one, each with a node of its own. */
export const LINKED_KINDS = ['oco', 'bracket', 'twap'] as const
export type LinkedKind = (typeof LINKED_KINDS)[number]

interface LinkedBase {
  readonly key: string
  /** What goes in, base units: each a different amount, by which the chain knows it. */
  readonly units: bigint
  readonly askedAt_ms: number
}

/** Sells SOL at a stop or at a target; scaled prices. */
export interface Oco extends LinkedBase {
  readonly kind: 'oco'
  readonly stop: bigint
  readonly target: bigint
}

/** Buys SOL at once, and sells what came of it so far below or above what was paid. */
export interface Bracket extends LinkedBase {
  readonly kind: 'bracket'
  readonly stop: string
  readonly target: string
}

/** Sells SOL in slices, a minute apart. */
export interface Twap extends LinkedBase {
  readonly kind: 'twap'
  readonly slices: number
}

export type Linked = Oco | Bracket | Twap

const OCO_UNITS = 40_000_000n
const BRACKET_UNITS = 7_500_000n
const TWAP_UNITS = 22_000_000n
const STEP_UNITS = 1_000n
/** The most that the venue takes at once, in worlds that trade in parts: of SOL, and of what an entry spends. */
export const OCO_PART_UNITS = 15_500_000n
const EXIT_PART_UNITS = 31_000_000n
const ENTRY_PART_UNITS = 3_100_000n
const BPS = 10_000n
const FURTHEST_BPS = 60
/** Orders that have not fired by then end. */
export const LINKED_EXPIRY = '20m'
const EXPIRES_MS = 1_200_000

/**
 * Linked orders around a price, near enough that many of them fire.
 *
 * @param price scaled; absent where nobody watches prices: then there are slices only
 */
export function linkedOf(random: Random, start_ms: number, price: bigint | undefined): readonly Linked[] {
  const askedAt = (): number => start_ms + random.int(150_000)
  const bps = (): number => 5 + random.int(FURTHEST_BPS)
  const away = (): bigint => ((price ?? 0n) * BigInt(bps())) / BPS
  const some = (kind: LinkedKind): readonly { key: string; step: bigint; askedAt_ms: number }[] =>
    Array.from({ length: Math.max(0, random.int(4) - 1) }, (_, number) => ({
      key: `${kind} ${number}`,
      step: BigInt(number) * STEP_UNITS,
      askedAt_ms: askedAt(),
    }))
  const twaps = some('twap').map(
    ({ key, step, askedAt_ms }): Twap => ({
      kind: 'twap',
      key,
      units: TWAP_UNITS + step,
      askedAt_ms,
      slices: 2 + random.int(4),
    }),
  )
  if (price === undefined) return twaps
  const ocos = some('oco').map(
    ({ key, step, askedAt_ms }): Oco => ({
      kind: 'oco',
      key,
      units: OCO_UNITS + step,
      askedAt_ms,
      stop: price - away(),
      target: price + away(),
    }),
  )
  const brackets = some('bracket').map(
    ({ key, step, askedAt_ms }): Bracket => ({
      kind: 'bracket',
      key,
      units: BRACKET_UNITS + step,
      askedAt_ms,
      stop: `${bps() / 100}%`,
      target: `${bps() / 100}%`,
    }),
  )
  return [...ocos, ...brackets, ...twaps]
}

/** What the strategy asks the order node for. */
export function askOf(linked: Linked): Ask {
  const { key, units, askedAt_ms, kind } = linked
  switch (kind) {
    case 'oco':
      return {
        key,
        input: 'SOL',
        units,
        askedAt_ms,
        // By its own time: whoever asks again after a restart asks for the same.
        expiresAt: askedAt_ms + EXPIRES_MS,
        terms: { stop: inDigits(linked.stop), target: inDigits(linked.target) },
      }
    case 'bracket':
      return {
        key,
        input: 'USDC',
        units,
        askedAt_ms,
        terms: { stop: linked.stop, target: linked.target },
      }
    case 'twap':
      return { key, input: 'SOL', units, askedAt_ms, terms: { duration: `${linked.slices}m`, interval: '1m' } }
  }
}

/** The most of a linked order that the venue takes at once, in a world that trades in parts. */
export function linkedPartOf({ node, input }: IntentEvent): bigint | undefined {
  if (node === 'ask oco') return OCO_PART_UNITS
  if (node === 'ask bracket') return input.symbol === 'SOL' ? EXIT_PART_UNITS : ENTRY_PART_UNITS
  return undefined
}
