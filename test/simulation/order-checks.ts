import { type ForgeEvent, isFinal, type OrderRecord, type Report } from '../../core/index.ts'
import type { Level } from './faults/whale.ts'
import type { Waiting } from './process/asks.ts'

/** What a node of a process gave. */
export interface Given {
  readonly process: number
  readonly node: string
  readonly event: ForgeEvent
}

/** What is known of an order that waits for a price. */
type Watched = Pick<Waiting, 'kind' | 'key' | 'level'>

interface Seen {
  readonly process: number
  readonly scaled: bigint
}

/** Scaled by 10^12; the whale's are in 10^-9. */
const NANO_TO_SCALED = 1_000n
/** From here on all is well, and processes have had the time to come back and to open a line. */
const WELL_AFTER_MS = 240_000
/** So long a price stands before whoever reads every few seconds must have seen it. */
const STANDS_MS = 15_000
/** Pools stand apart by their last trade's fee: nearer to a trigger than that, nobody can say. */
const UNSURE_BPS = 3n
const BPS = 10_000n

/**
 * Orders that wait, by what the processes were told of prices: none fires before its trigger holds, none lets a price
 * pass at which it holds, and what once was the best price stays so whatever process watches.
 */
export function orderViolations(remains: {
  readonly waiting: readonly Waiting[]
  readonly orders: readonly OrderRecord[]
  readonly given: readonly Given[]
  readonly path: readonly Level[]
  readonly calmAfter_ms: number
  /** The power was cut, or the disk refused a write: the last that was learned of the best price may be gone. */
  readonly marksMayBeLost: boolean
  /** How far the machine's clock was ahead by its jumps: so much earlier orders expire. */
  readonly ahead_ms: number
}): string[] {
  const { given, orders, waiting } = remains
  const found: string[] = []
  for (const wish of waiting) {
    const order = orders.find(({ intent }) => intent.key === wish.key && intent.input.symbol === 'SOL')
    if (!order) {
      found.push(`answered: the journal has no "${wish.key}"`)
      continue
    }
    found.push(...judge(wish, order, given, remains.marksMayBeLost), ...missed(wish, order, remains))
  }
  return found
}

/** What was seen while it waited, in order, held against what became of it. */
export function judge(wish: Watched, order: OrderRecord, given: readonly Given[], marksMayBeLost: boolean): string[] {
  const last = new Map<number, Seen>()
  // A process that takes it up says so: one that died between the trigger and its report leaves it triggered.
  const armedIn = new Set<number>()
  let best: { readonly sure: bigint; readonly most: bigint } | undefined
  for (const [index, { event, process }] of given.entries()) {
    if (event.kind === 'report' && event['orderId'] === order.id) {
      if (event['state'] === 'armed') {
        armedIn.add(process)
        // It follows from the next price on; nobody is early who has counted this one.
        const price = last.get(process)?.scaled
        if (price !== undefined) best = raised(best, price, false)
      }
      if (event['state'] === 'triggered') {
        const price = last.get(process)?.scaled
        return price === undefined || holds(wish, price, best?.most)
          ? []
          : [`early: ${wish.kind} ${wish.key} fired at ${price}, its level is ${wish.level}, the best ${best?.most}`]
      }
      // It ended without having fired.
      if (isFinal((event as Report).state)) return []
      continue
    }
    if (event.kind !== 'price') continue
    const price = (event as Extract<ForgeEvent, { kind: 'price' }> & { price: { scaled: bigint } }).price.scaled
    last.set(process, { process, scaled: price })
    if (!armedIn.has(process)) continue
    const goesOn = livesOn(given, index, process)
    const sure = marksMayBeLost ? undefined : best?.sure
    if (goesOn && holds(wish, price, sure) && !firesNext(given, index, process, order.id)) {
      return [`missed: ${wish.kind} ${wish.key} saw ${price} and did not fire: level ${wish.level}, best ${sure}`]
    }
    best = raised(best, price, goesOn)
  }
  return []
}

function raised(
  best: { readonly sure: bigint; readonly most: bigint } | undefined,
  price: bigint,
  isSure: boolean,
): { readonly sure: bigint; readonly most: bigint } {
  const sure = best?.sure ?? (isSure ? price : 0n)
  const most = best?.most ?? price
  return { sure: isSure && price > sure ? price : sure, most: price > most ? price : most }
}

function holds(wish: Watched, price: bigint, best: bigint | undefined): boolean {
  if (wish.kind === 'stop-loss') return price <= wish.level
  if (wish.kind === 'take-profit') return price >= wish.level
  return best !== undefined && price <= best - wish.level
}

/** Whether the process was told of another price after this one: then it had the time to act. */
function livesOn(given: readonly Given[], from: number, process: number): boolean {
  return given.some((other, index) => index > from && other.process === process && other.event.kind === 'price')
}

function firesNext(given: readonly Given[], from: number, process: number, orderId: string): boolean {
  for (const { event, process: other } of given.slice(from + 1)) {
    if (event.kind === 'report' && event['orderId'] === orderId && event['state'] !== 'armed') return true
    if (event.kind === 'price' && other === process) return false
  }
  return false
}

/** Without faults a price that stands for a while is seen by whoever lives. */
function missed(
  wish: Waiting,
  order: OrderRecord,
  {
    path,
    calmAfter_ms,
    ahead_ms,
  }: { readonly path: readonly Level[]; readonly calmAfter_ms: number; readonly ahead_ms: number },
): string[] {
  if (order.state !== 'expired' || order.attempts.length > 0 || wish.kind === 'trailing-stop') return []
  const from_ms = calmAfter_ms + WELL_AFTER_MS
  // Its clock may be off by minutes.
  const until_ms = wish.armedAt_ms + wish.expires_ms - WELL_AFTER_MS - Math.max(WELL_AFTER_MS, ahead_ms)
  const room = (wish.level * UNSURE_BPS) / BPS
  const level = wish.kind === 'stop-loss' ? wish.level - room : wish.level + room
  for (const [index, { at_ms, nanoUsdc }] of path.entries()) {
    const end_ms = Math.min(path[index + 1]?.at_ms ?? Infinity, until_ms)
    if (Math.max(at_ms, from_ms) + STANDS_MS > end_ms) continue
    const price = nanoUsdc * NANO_TO_SCALED
    if (wish.kind === 'stop-loss' ? price <= level : price >= level) {
      return [`missed: ${wish.kind} ${wish.key} expired, and the price stood at ${price} beyond ${wish.level}`]
    }
  }
  return []
}
