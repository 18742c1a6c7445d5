import { fileURLToPath } from 'node:url'
import { type Random, seededRandom } from '../../../core/time/random.ts'

/** Order plugins of the pipeline, each with a node of its own and one that asks it. */
export const KINDS = ['stop-loss', 'take-profit', 'trailing-stop', 'oco', 'bracket', 'twap'] as const
type Kind = (typeof KINDS)[number]

/** An order that the strategy in the file below asks for, and of which kind. */
export interface Wish {
  readonly kind: Kind
  readonly key: string
  readonly size: string
  readonly into: string
  readonly at_ms: number
  readonly expiresAt?: number
  readonly terms: Readonly<Record<string, unknown>>
}

/** Slices of an order in slices. */
export const SLICES = 3

const CANDLE_MS = 6_000
const START_PRICE = 190
/** What a candle's close differs by from its open, at most. */
const STEP = 0.003
const ASK_EVERY_MS = 2_000
const EXPIRES_MS = 30_000
const PLUGIN = fileURLToPath(new URL('../../fixtures/plugins/asks.ts', import.meta.url))

/** Closes of candles that go up and down, and the file of them. */
export function market(
  seed: string,
  duration_ms: number,
): { readonly csv: string; readonly closes: readonly number[] } {
  const random = seededRandom(`${seed}/market`)
  const rows: string[] = ['time,open,high,low,close,volume']
  const closes: number[] = []
  let open = START_PRICE
  for (let start_ms = 0; start_ms < duration_ms; start_ms += CANDLE_MS) {
    const back = (START_PRICE - open) / START_PRICE / 20
    const close = Math.round(open * (1 + back + (random.next() * 2 - 1) * STEP) * 100) / 100
    const time_s = Date.UTC(2025, 0, 1) / 1_000 + start_ms / 1_000
    rows.push([time_s, open, Math.max(open, close), Math.min(open, close), close, 1].join(','))
    closes.push(close)
    open = close
  }
  return { csv: `${rows.join('\n')}\n`, closes }
}

/** The number of the candle so long after the market's beginning. */
export function candleAt(elapsed_ms: number): number {
  return Math.floor(elapsed_ms / CANDLE_MS)
}

/**
 * Orders near the price that the market is to have when they are asked for, so that most of them fire.
 *
 * @param closes of the market from then on
 * @param begins_ms when the first is asked for, by the real clock
 */
export function wishes(
  seed: string,
  closes: readonly number[],
  begins_ms: number,
  duration_ms: number,
): readonly Wish[] {
  const random = seededRandom(`${seed}/orders`)
  const count = Math.floor(duration_ms / ASK_EVERY_MS)
  return Array.from({ length: count }, (_, number): Wish => {
    const at_ms = begins_ms + number * ASK_EVERY_MS
    const price = closes[candleAt(number * ASK_EVERY_MS)] ?? closes.at(-1)!
    const kind = KINDS[number % KINDS.length]!
    return { kind, key: `${kind} ${number}`, at_ms, ...asked(kind, number, price, at_ms, random) }
  })
}

function asked(
  kind: Kind,
  number: number,
  price: number,
  at_ms: number,
  random: Random,
): Pick<Wish, 'size' | 'into' | 'terms' | 'expiresAt'> {
  const away = (): number => price * (0.0005 + random.next() * 0.003)
  const level = (scaled: number): string => scaled.toFixed(2)
  // Each of another size: by it, the chain's own record tells whose a trade is.
  const sale = { size: `${(0.02 + number / 1e6).toFixed(6)} SOL`, into: 'USDC', expiresAt: at_ms + EXPIRES_MS }
  switch (kind) {
    case 'stop-loss':
      return { ...sale, terms: { trigger: level(price - away()) } }
    case 'take-profit':
      return { ...sale, terms: { trigger: level(price + away()) } }
    case 'trailing-stop':
      return { ...sale, terms: { offset: level(away()) } }
    case 'oco':
      return { ...sale, terms: { stop: level(price - away()), target: level(price + away()) } }
    case 'bracket':
      // What an entry brought is guarded until the node's own `expires`.
      return { size: `${(4 + number / 1e3).toFixed(3)} USDC`, into: 'SOL', terms: { stop: '0.1%', target: '0.1%' } }
    case 'twap':
      return { size: sale.size, into: 'USDC', terms: { duration: `${SLICES * 4}s`, interval: '4s' } }
  }
}

/** The pipeline of all of them, with DCA beside. */
export function pipeline(orders: readonly Wish[], slots: number): string {
  const nodes = KINDS.flatMap(kind => {
    const own = orders.filter(wish => wish.kind === kind).map(({ kind: _, ...order }) => order)
    const from = kind === 'twap' ? `ask-${kind}` : `[ask-${kind}, prices]`
    const settings = kind === 'bracket' ? `, with: {expires: ${EXPIRES_MS / 1_000}s}` : ''
    return [
      `  ask-${kind}: {strategy: asks, with: {orders: ${JSON.stringify(own)}}}`,
      `  ${kind}: {order: ${kind}, from: ${from}${settings}}`,
    ]
  })
  return `pipeline: kill-orders
summary: Orders of all kinds, with a calendar of purchases beside them.
plugins: [${JSON.stringify(PLUGIN)}]
nodes:
  prices: {source: pool-price, with: {pair: SOL/USDC, venues: [localnet]}}
  plan: {strategy: dca, with: {token: SOL, amount: 10 USDC, interval: 3s, slots: ${slots}}}
${nodes.join('\n')}
  swap: {execution: jupiter, from: [plan, ${KINDS.join(', ')}], with: {concurrency: 16}}
  history: {sink: history, from: swap}
`
}
