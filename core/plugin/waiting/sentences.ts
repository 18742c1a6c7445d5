import { formatPrice } from '../../money/price.ts'
import { type Pair, pairName, type Token } from '../../money/token.ts'
import type { Firing, Trigger } from '../../orders/triggers/trigger.ts'
import { sizeText } from './size.ts'
import type { Wait, WaitingTerms } from './terms.ts'

/** `SOL/USDC at or below 140 USDC; sells 50% of the SOL; until 2026-01-08 00:00Z`: what an order waits for. */
export function waitsForText(
  terms: WaitingTerms,
  { input, expiresAt }: { readonly input: Token; readonly expiresAt?: number },
  mark?: bigint,
): string {
  const { pair, size, wait } = terms
  const until = expiresAt === undefined ? undefined : `until ${untilText(expiresAt)}`
  return [
    waitText(pair, wait),
    mark === undefined ? undefined : `best so far ${at(pair, mark)}`,
    size && `trades ${sizeText(size, input)}`,
    until,
  ]
    .filter(part => part !== undefined)
    .join('; ')
}

function waitText(pair: Pair, { trigger }: Wait): string {
  if (trigger === 'now') return 'nothing: it goes at once'
  return trigger.kind === 'condition' ? trigger.condition.text : triggerText(pair, trigger)
}

function triggerText(pair: Pair, trigger: Trigger): string {
  const name = pairName(pair)
  if (trigger.kind !== 'trailing') {
    return `${name} at or ${trigger.kind === 'at-or-below' ? 'below' : 'above'} ${at(pair, trigger.price)}`
  }
  const { offset, side, activation } = trigger
  const distance =
    'price' in offset ? at(pair, offset.price) : 'bps' in offset ? `${offset.bps} bps` : `${offset.percent}%`
  const best = side === 'sell' ? 'below its highest price' : 'above its lowest price'
  return `${name} ${distance} ${best}${activation === undefined ? '' : `, once it has been at ${at(pair, activation)}`}`
}

/** `SOL/USDC was 139.5 USDC (jupiter), at or below 140 USDC`: why an order fired. */
export function firedText(pair: Pair, trigger: Trigger, { price, trigger: level, origin, mark }: Firing): string {
  const isFalling = trigger.kind === 'trailing' ? trigger.side === 'sell' : trigger.kind === 'at-or-below'
  const seen = `${pairName(pair)} was ${at(pair, price)} (${origin}), at or ${isFalling ? 'below' : 'above'}`
  return mark === undefined
    ? `${seen} ${at(pair, level)}`
    : `${seen} its stop of ${at(pair, level)}; its best price was ${at(pair, mark)}`
}

/** To the minute: who needs more asks for the order's story. */
function untilText(expiresAt: number): string {
  return `${new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')}Z`
}

function at(pair: Pair, scaled: bigint): string {
  return formatPrice({ pair, scaled })
}
