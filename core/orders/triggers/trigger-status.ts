import { formatPrice, PRICE_DECIMALS, type Price } from '../../money/price.ts'
import type { Pair } from '../../money/token.ts'
import { formatDuration } from '../../time/duration.ts'
import type { PriceMemory } from './price-memory.ts'
import type { PricePoint } from './price-points.ts'
import type { ArmedOrder } from './trigger.ts'
import type { TrailingState } from './trigger-side.ts'

/** Why an armed order has not fired: what it waits for, and the figures. Prices are scaled. */
export interface TriggerStatus {
  readonly waitsFor: 'price' | 'activation' | 'trigger' | 'confirmation'
  /** Where it fires; of a trailing order, where its stop is now. Absent while that is not known. */
  readonly trigger?: bigint
  /** The newest price of its source. */
  readonly seen?: PricePoint
  /** The best price since a trailing order was armed or activated. */
  readonly mark?: bigint
  readonly activation?: bigint
  /** Of the prices or origins its rule asks for, how many are beyond the trigger. */
  readonly confirmed: { readonly have: number; readonly need: number; readonly of: 'prices' | 'sources' }
  /** Prices of its source that were too old to be believed. */
  readonly refused?: { readonly count: number; readonly at: number; readonly age_ms: number }
}

export function statusOf(known: {
  readonly order: ArmedOrder
  readonly memory: PriceMemory
  readonly stop: bigint | undefined
  readonly trailing: TrailingState
  readonly refused: TriggerStatus['refused']
}): TriggerStatus {
  const { order, memory, stop, trailing, refused } = known
  const { trigger, confirm } = order
  const activation = trigger.kind === 'trailing' ? trigger.activation : undefined
  const isWaiting = activation !== undefined && !trailing.isActive
  const goal = isWaiting ? activation : stop
  // An activation lies on the favourable side: to sell it is reached from below.
  const isFalling =
    trigger.kind === 'trailing' ? (trigger.side === 'sell') !== isWaiting : trigger.kind === 'at-or-below'
  const have = goal === undefined ? 0 : memory.beyond(confirm, scaled => (isFalling ? scaled <= goal : scaled >= goal))
  const { newest: seen } = memory
  return {
    waitsFor:
      seen === undefined || goal === undefined
        ? 'price'
        : isWaiting
          ? 'activation'
          : have > 0
            ? 'confirmation'
            : 'trigger',
    ...(stop === undefined ? {} : { trigger: stop }),
    ...(seen === undefined ? {} : { seen }),
    ...(trailing.mark === undefined ? {} : { mark: trailing.mark }),
    ...(activation === undefined ? {} : { activation }),
    confirmed: { have, ...asked(confirm) },
    ...(refused === undefined ? {} : { refused }),
  }
}

function asked(confirm: ArmedOrder['confirm']): Pick<TriggerStatus['confirmed'], 'need' | 'of'> {
  if (confirm === 'none') return { need: 1, of: 'prices' }
  return 'prices' in confirm ? { need: confirm.prices, of: 'prices' } : { need: confirm.sources, of: 'sources' }
}

/**
 * What is read at a glance: where it fires, how far that is from the price, and the best price so far.
 *
 * @param name what the trigger is called: `stop 180.5 (-5.00%)  best 190`
 */
export function glanceText(status: TriggerStatus, name: string): string {
  const { waitsFor, seen, trigger, mark, activation, confirmed } = status
  const goal = waitsFor === 'activation' ? activation : trigger
  if (goal === undefined) return `${name} follows the first price`
  const where = seen === undefined ? '' : ` (${distanceText(seen.scaled, goal)})`
  return [
    waitsFor === 'activation' ? `follows from ${glanceDigits(goal)}${where}` : `${name} ${glanceDigits(goal)}${where}`,
    ...(mark === undefined ? [] : [`best ${glanceDigits(mark)}`]),
    ...(confirmed.need > 1 && confirmed.have > 0 ? [`${confirmed.have} of ${confirmed.need} confirm it`] : []),
  ].join('  ')
}

/** A scaled price in seven digits, without its token. */
export function glanceDigits(scaled: bigint): string {
  return String(Number((Number(scaled) / 10 ** PRICE_DECIMALS).toPrecision(7)))
}

/** How far the price is to go, in percent of it. */
function distanceText(seen: bigint, goal: bigint): string {
  const percent = (Number(goal - seen) / Number(seen)) * 100
  return `${percent < 0 ? '' : '+'}${percent.toFixed(2)}%`
}

/** A sentence or two for people: why it has not fired. */
export function whyNotFired(status: TriggerStatus, pair: Pair): string {
  const { waitsFor, seen, trigger, mark, activation, confirmed, refused } = status
  const at = (scaled: bigint): string => formatPrice({ pair, scaled } satisfies Price)
  const sentences: string[] = []
  if (waitsFor === 'price' || seen === undefined) sentences.push('No price of its source has been seen yet.')
  else if (waitsFor === 'activation')
    sentences.push(`The price is ${at(seen.scaled)}; it follows from ${at(activation!)} on.`)
  else {
    const away = seen.scaled > trigger! ? seen.scaled - trigger! : trigger! - seen.scaled
    const side = seen.scaled > trigger! ? 'above' : 'below'
    sentences.push(
      waitsFor === 'trigger'
        ? `The price is ${at(seen.scaled)}, ${at(away)} ${side} the trigger of ${at(trigger!)}.`
        : `The price is ${at(seen.scaled)}, beyond the trigger of ${at(trigger!)}.`,
    )
    if (mark !== undefined) sentences.push(`Its best price was ${at(mark)}.`)
  }
  if (confirmed.need > 1) sentences.push(`${confirmed.have} of ${confirmed.need} ${confirmed.of} confirm it.`)
  if (refused !== undefined) {
    const prices = refused.count === 1 ? 'One price was' : `${refused.count} prices were`
    sentences.push(`${prices} refused for age, the last ${formatDuration(refused.age_ms)} old.`)
  }
  return sentences.join(' ')
}
