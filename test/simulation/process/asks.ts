import { Type } from 'typebox'
import { definePlugin, type IntentEvent } from '../../../core/index.ts'
import type { Random } from '../../../core/time/random.ts'

/** The order plugins that the simulation arms, each with one node. */
export const WAITING_KINDS = ['stop-loss', 'take-profit', 'trailing-stop'] as const
export type WaitingKind = (typeof WAITING_KINDS)[number]

/** One order that waits for a price. */
export interface Waiting {
  readonly kind: WaitingKind
  readonly key: string
  /** What it sells, base units of SOL: each a different amount, by which the chain knows it. */
  readonly units: bigint
  /** Of the price at the beginning, scaled: the trigger, or how far it trails. */
  readonly level: bigint
  readonly armedAt_ms: number
  readonly expires_ms: number
}

const UNITS = 30_000_000n
const STEP_UNITS = 1_000n
const BPS = 10_000n
const FURTHEST_BPS = 90
const EXPIRES_MS = 1_200_000

/** Orders around a price, near enough that many of them fire. */
export function waitingOf(random: Random, start_ms: number, price: bigint): readonly Waiting[] {
  return Array.from({ length: 3 + random.int(6) }, (_, number): Waiting => {
    const kind = WAITING_KINDS[random.int(WAITING_KINDS.length)]!
    const away = (price * BigInt(5 + random.int(FURTHEST_BPS))) / BPS
    const level = kind === 'stop-loss' ? price - away : kind === 'take-profit' ? price + away : away
    return {
      kind,
      key: `order ${number}`,
      units: UNITS + BigInt(number) * STEP_UNITS,
      level,
      armedAt_ms: start_ms + random.int(200_000),
      expires_ms: EXPIRES_MS,
    }
  })
}

/** What the strategy below asks an order node for. */
export interface Ask {
  readonly key: string
  readonly input: 'SOL' | 'USDC'
  readonly units: bigint
  readonly askedAt_ms: number
  readonly expiresAt?: number
  readonly terms: Readonly<Record<string, unknown>>
}

/** An order that waits, as it is asked for. */
export function askFor({ kind, key, units, level, armedAt_ms, expires_ms }: Waiting): Ask {
  return {
    key,
    input: 'SOL',
    units,
    askedAt_ms: armedAt_ms,
    // By its own time: whoever asks again after a restart asks for the same.
    expiresAt: armedAt_ms + expires_ms,
    terms: kind === 'trailing-stop' ? { offset: inDigits(level) } : { trigger: inDigits(level) },
  }
}

/** A strategy that asks for orders, and asks again at every start: the journal takes each key once. */
export const asks = definePlugin({
  kind: 'strategy',
  name: 'asks',
  api: 1,
  summary: 'Asks for orders that wait.',
  config: Type.Object({ orders: Type.Unsafe<readonly Ask[]>(Type.Array(Type.Unknown())) }),
  takes: [],
  gives: ['intent'],
  needs: ['tokens'],
  examples: [],
  setup: ({ config, clock, id, services, signal }) => {
    const left = config.orders.toSorted((a, b) => a.askedAt_ms - b.askedAt_ms)
    return {
      pull: async (): Promise<IntentEvent | undefined> => {
        const next = left.shift()
        if (!next) return undefined
        const early_ms = next.askedAt_ms - clock.now()
        if (early_ms > 0) await clock.sleep(early_ms, signal).catch(() => undefined)
        if (signal.aborted) return undefined
        const { key, units, expiresAt, terms } = next
        const input = services.tokens.find(next.input)
        return {
          kind: 'intent',
          at: clock.now(),
          key,
          node: id,
          input,
          output: services.tokens.find(next.input === 'SOL' ? 'USDC' : 'SOL'),
          amount: { token: input, units },
          exact: 'in',
          ...(expiresAt !== undefined && { expiresAt }),
          terms,
          reason: key,
        }
      },
    }
  },
})

const SCALE = 10n ** 12n

/** A scaled price as a person would write it, to nine decimals. */
export function inDigits(scaled: bigint): string {
  return `${scaled / SCALE}.${String(scaled % SCALE)
    .padStart(12, '0')
    .slice(0, 9)}`
}
