import type { Fill, ForgeEvent, OrderRecord, Report, Token } from '../../core/index.ts'
import type { LandedTransaction } from '../../core/localnet/ledger/transactions.ts'
import type { Localnet } from '../../core/localnet/localnet.ts'
import { partsOf } from '../../core/orders/parts.ts'
import { FINAL_STATES } from '../../core/orders/state-machine.ts'
import { isPartOf } from '../../core/orders/wholes.ts'
import { BURST_STEP_UNITS } from './process/burst.ts'
import { OCO_PART_UNITS } from './process/linked.ts'
import { DCA_UNITS, type Wishes } from './process/pipeline.ts'

/** Everything that a run left behind. */
export interface Remains {
  readonly localnet: Localnet
  readonly wallet: string
  readonly usdc: Token
  readonly wishes: Wishes
  readonly orders: readonly OrderRecord[]
  /** Whether an order's story ends with the sentence that it is kept back for another. */
  readonly isKeptBack: (orderId: string) => boolean
  readonly events: readonly ForgeEvent[]
  readonly history: readonly Report[]
  readonly before: Holdings
  readonly after: Holdings
}

export interface Holdings {
  readonly usdc: bigint
  readonly lamports: bigint
}

/** What must hold after any run; a sentence for each thing that does not. */
export function violations(remains: Remains): string[] {
  return [...onceOnChain(remains), ...known(remains), ...balanced(remains), ...answered(remains), ...told(remains)]
}

/** The wallet's transactions, as the chain has them. */
export function landedOf({ localnet, wallet }: Pick<Remains, 'localnet' | 'wallet'>): readonly LandedTransaction[] {
  return localnet.ledger.transactions.ofAddress(wallet).filter(({ source }) => source === 'client')
}

/**
 * Judged by the chain alone: each purchase of a burst has an amount of its own, or its last part has, and there are no
 * more parts before it than that takes; and DCA has so many slots.
 */
function onceOnChain(remains: Remains): string[] {
  const { wishes, wallet, usdc } = remains
  const spent = landedOf(remains)
    .filter(({ err }) => err === null)
    .map(landed => balanceOf(landed.preTokenBalances, wallet, usdc) - balanceOf(landed.postTokenBalances, wallet, usdc))
  const sold = landedOf(remains)
    .filter(({ err }) => err === null)
    .map(({ preBalances, postBalances, fee }) => preBalances[0]! - postBalances[0]! - BigInt(fee))
  const found: string[] = []
  for (const { key, units } of wishes.waiting) {
    const times = sold.filter(amount => amount === units).length
    if (times > 1) found.push(`once: "${key}" was sold ${times} times`)
  }
  const { partUnits } = wishes
  for (const wish of wishes.linked) {
    if (wish.kind !== 'oco') continue
    const units = partUnits === undefined ? wish.units : wish.units % OCO_PART_UNITS
    const times = sold.filter(amount => amount === units).length
    if (times > 1) found.push(`once: "${wish.key}" was sold ${times} times`)
  }
  for (let number = 0; number < wishes.intents; number++) {
    const whole = wishes.burstUnits + BigInt(number) * BURST_STEP_UNITS
    const units = partUnits === undefined ? whole : whole % partUnits
    const times = spent.filter(amount => amount === units).length
    if (times > 1) found.push(`once: "burst ${number}" was bought ${times} times`)
  }
  if (partUnits !== undefined) {
    const most = wishes.intents * Number(wishes.burstUnits / partUnits)
    const parts = spent.filter(amount => amount === partUnits).length
    if (parts > most)
      found.push(`once: ${wishes.intents} purchases of a burst have ${parts} parts, and ${most} are all`)
  }
  const purchases = spent.filter(amount => amount === DCA_UNITS).length
  if (purchases > wishes.slots) found.push(`once: ${wishes.slots} slots were bought ${purchases} times`)
  return found
}

/** The journal knows every transaction of the wallet, and tells of each what it did. */
function known(remains: Remains): string[] {
  const found: string[] = []
  const bySignature = new Map(
    remains.orders.flatMap(order => order.attempts.map(attempt => [attempt.signature, order] as const)),
  )
  const effects = new Map<string, { readonly order: OrderRecord; units: bigint }>()
  for (const { signature, err } of landedOf(remains)) {
    const order = bySignature.get(signature)
    if (!order) {
      found.push(`known: the journal has never heard of ${signature.slice(0, 8)}, which landed`)
      continue
    }
    const key = `${order.intent.node} ${order.intent.key}`
    if (err !== null) continue
    const attempt = order.attempts.find(each => each.signature === signature)!
    const effect = effects.get(key) ?? { order, units: 0n }
    effect.units += attempt.promise.inputUnits
    effects.set(key, effect)
    if (!fillsOf(order).some(fill => fill.signature === signature)) {
      found.push(`known: ${key} is ${order.state} in the journal, and ${signature.slice(0, 8)} landed`)
    }
  }
  for (const [key, { order, units }] of effects) {
    const { amount } = order.intent
    if (units > amount.units) found.push(`once: ${key} wanted ${amount.units} units, and ${units} were traded`)
  }
  const landed = new Set(landedOf(remains).map(({ signature }) => signature))
  for (const order of remains.orders) {
    const { state, intent, fill } = order
    const fills = fillsOf(order)
    // What others were made of has traded by them.
    if (order.arming?.isWhole) continue
    if (state === 'confirmed' && (fills.length === 0 || fills.some(({ signature }) => !landed.has(signature)))) {
      found.push(`known: ${intent.node} ${intent.key} is confirmed, and nothing landed`)
    }
    const parts = fills.reduce((sum, { input }) => sum + input.units, 0n)
    if (fill && fill.input.units !== parts) {
      found.push(
        `known: ${intent.node} ${intent.key} is filled with ${fill.input.units} units, and its parts with ${parts}`,
      )
    }
  }
  return found
}

/** Each transaction's fill: of an order in parts those, else the order's own. */
function fillsOf(order: OrderRecord): readonly Fill[] {
  const parts = partsOf(order)
  return parts.length > 0 ? parts : order.fill ? [order.fill] : []
}

/** What the fills add up to is what the wallet has, to the unit. */
function balanced(remains: Remains): string[] {
  let { usdc, lamports } = remains.before
  for (const { input, output, fees } of remains.orders.flatMap(fillsOf)) {
    const sells = output.token.mint === remains.usdc.mint
    usdc += sells ? output.units : -input.units
    lamports += sells ? -input.units : output.units
    lamports -= fees.base_lamports + fees.priority_lamports + fees.tip_lamports + fees.rent_lamports
  }
  const found: string[] = []
  // A transaction that failed in its block has no fill, and was charged all the same: the journal has what it cost.
  const attempts = remains.orders.flatMap(order => order.attempts.map(attempt => ({ ...attempt, state: order.state })))
  for (const { err, fee, signature } of landedOf(remains)) {
    if (err === null) continue
    const { failed, state } = attempts.find(attempt => attempt.signature === signature) ?? {}
    if (failed) lamports -= failed.fees.base_lamports + failed.fees.priority_lamports
    else if (state === 'unresolved') lamports -= BigInt(fee)
    else found.push(`balances: ${signature.slice(0, 8)} failed in its block, and the journal has not what it cost`)
  }
  const { after } = remains
  if (usdc !== after.usdc) found.push(`balances: ${after.usdc} units of USDC, and ${usdc} by the journal`)
  if (lamports !== after.lamports) found.push(`balances: ${after.lamports} lamports, and ${lamports} by the journal`)
  return found
}

/** Everything that was wanted has an end, and what was not bought has a reason. */
function answered({ orders, wishes, events, isKeptBack }: Remains): string[] {
  const found: string[] = []
  for (const { id, state, reason, fill, intent, arming } of orders) {
    const name = `${intent.node} ${intent.key}`
    // As long as nobody knows what became of a part, the whole waits for that, and so do the parts beside it.
    const isUnknown = (whole: Pick<OrderRecord, 'intent'>): boolean =>
      orders.some(part => part.state === 'unresolved' && isPart(part, whole.intent))
    if (arming?.isWhole && isUnknown({ intent })) continue
    if (orders.some(whole => isPart({ intent }, whole.intent) && isUnknown(whole)) && isKeptBack(id)) continue
    if (!FINAL_STATES.includes(state) && state !== 'unresolved') found.push(`stuck: ${name} is ${state}`)
    else if (!reason && !fill) found.push(`stuck: ${name} is ${state} without a reason`)
  }
  const keys = new Set(orders.map(({ intent }) => `${intent.node} ${intent.key}`))
  for (let number = 0; number < wishes.intents; number++) {
    if (!keys.has(`burst burst ${number}`)) found.push(`answered: the journal has no "burst ${number}"`)
  }
  const missed = events.flatMap(event => (event.kind === 'notice' ? missedIn(String(event.text)) : []))
  for (let slot = 0; slot < wishes.slots; slot++) {
    const time_ms = wishes.firstSlot_ms + slot * wishes.interval_ms
    const key = new Date(time_ms).toISOString()
    if (keys.has(`plan ${key}`)) continue
    if (!missed.some(({ from_ms, to_ms }) => time_ms >= from_ms && time_ms <= to_ms)) {
      found.push(`answered: the slot of ${key} was neither bought nor reported`)
    }
  }
  return found
}

function isPart({ intent }: Pick<OrderRecord, 'intent'>, { node, key }: OrderRecord['intent']): boolean {
  return intent.node === node && isPartOf(intent.key, key)
}

/** The history has every fill, once. */
function told({ orders, history }: Remains): string[] {
  return orders.flatMap(({ id, state, intent, arming }) => {
    if (arming?.isWhole) return []
    const times = history.filter(report => report.orderId === id && report.state === 'filled').length
    const wanted = state === 'confirmed' ? 1 : 0
    return times === wanted
      ? []
      : [`history: ${intent.node} ${intent.key} is ${state}, and filled ${times} times in it`]
  })
}

/** The slots that a notice says were missed. */
function missedIn(text: string): { readonly from_ms: number; readonly to_ms: number }[] {
  const times = text.match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g)
  if (!times || !text.includes('passed without a purchase')) return []
  return [{ from_ms: Date.parse(times[0]!), to_ms: Date.parse(times.at(-1)!) }]
}

function balanceOf(balances: LandedTransaction['preTokenBalances'], owner: string, { mint }: Token): bigint {
  return balances.find(balance => balance.owner === owner && balance.mint === mint)?.amount ?? 0n
}
