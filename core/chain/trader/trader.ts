import type { IntentEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import type { Token } from '../../money/token.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { FINAL_STATES } from '../../orders/state-machine.ts'
import type { Holdings, TradeOptions, Trader } from '../../plugin/services.ts'
import type { Venue } from '../../plugin/venue.ts'
import { PriorityPrices } from '../fees/priority-price.ts'
import { Shield } from '../mev/shield.ts'
import { LookupTableCache } from '../transaction/lookup-tables.ts'
import { BlockhashCache } from './blockhash-cache.ts'
import type { BudgetLedger, Earmark } from './budget-ledger.ts'
import { FewAtOnce } from './few-at-once.ts'
import { Funds } from './funds.ts'
import { TRADER_DEFAULTS, type TraderOptions } from './options.ts'
import { OrderRun, type RunTools } from './order-run.ts'
import { type Recovery, recoverOrders } from './recovery.ts'
import { outcomeOf, reportBase, stillArmed } from './reports.ts'
import { Tracker } from './tracker.ts'

const RECEIPTS_AT_ONCE = 16

export interface ChainTrader extends Trader, Holdings {
  trade(intent: IntentEvent, venue: Venue, options: TradeOptions): Promise<Report>
  /** What strategies have been given, and have bought with it: who else would spend or sell it is refused. */
  readonly budgets: Pick<BudgetLedger, 'give' | 'addCosts' | 'letSellForAll'>
  /** Balances of an earlier slot are not counted by from now on: budgets were held against those of this one. */
  countSince(slot: number): void
  /** What belongs to others than that node: why it can not sell all there is. */
  claimedFrom(node: string, token: Token): readonly Earmark[]
  /** The holdings that a node may use: what is other strategies' is not among what it can sell. */
  holdingsOf(node: string): Holdings
  /**
   * Compares the journal with the chain and settles every attempt that may be in flight. Called once, before anything
   * is traded.
   *
   * @param isAsked whether an order's intent is given again: one that nobody gives ends; absent, all are
   * @throws the signal's reason; STORE_LEASE_LOST, STORE_WRITE_FAILED
   */
  recover(isAsked?: (order: OrderRecord) => boolean): Promise<Recovery>
}

/**
 * Trades intents exactly once each: the journal takes the key, the signed bytes are on the disk before they are on the
 * wire, the same bytes go out until they have landed or can never land, and only then may another transaction be signed.
 */
export function createTrader(options: TraderOptions): ChainTrader {
  const { clock, journal, rpcs, wallet, sender, signal, log } = options
  const settings = { ...TRADER_DEFAULTS, ...options.settings }
  const tools: RunTools = {
    clock,
    journal,
    signer: wallet,
    sender,
    log,
    tracker: new Tracker({ clock, rpcs, settings, log, signal }),
    shop: {
      rpc: rpcs[0],
      wallet: wallet.publicKey,
      walletName: options.walletName,
      funds: new Funds({
        rpc: rpcs[0],
        wallet: wallet.publicKey,
        reserve_lamports: settings.solReserve_lamports,
        onWait: ({ orderId }, text) => {
          if (orderId !== undefined) journal.note(orderId, text, clock.now())
          log.warn('a trade waits for funds; nothing was sent', { orderId, cause: text })
        },
      }),
      blockhashes: new BlockhashCache(rpcs[0], clock),
      tables: new LookupTableCache(rpcs[0], clock),
      shield: options.shield ?? new Shield('this cluster', undefined),
      prices: new PriorityPrices(rpcs[0], clock),
      receipts: new FewAtOnce(RECEIPTS_AT_ONCE),
      venuePrograms: options.venuePrograms,
      acceptedMints: options.acceptedMints ?? new Set(),
      settings,
      stopped: options.stopped,
      signal,
    },
  }
  const { funds } = tools.shop
  const holdingsOf = (node: string | undefined): Holdings => ({
    sellable: (token, into, whose = node) => funds.sellable(token, into, whose, signal),
    balance: token => funds.balance(token),
    setAside: (orderId, amount, whose = node) => funds.setAside(orderId, amount, whose),
    release: orderId => funds.dropAside(orderId),
  })
  const running = new Map<string, Promise<Report>>()

  const run = (order: OrderRecord, venue: Venue, trade: TradeOptions, resumed: boolean): Promise<Report> => {
    const report = new OrderRun(tools, venue, trade, resumed).run(order).finally(() => running.delete(order.id))
    running.set(order.id, report)
    return report
  }

  return {
    async trade(intent: IntentEvent, venue: Venue, trade: TradeOptions): Promise<Report> {
      if (sender.kind === 'live') sender.assertOpen()
      const { taken, order } = journal.take(intent, clock.now())
      if (!taken) {
        if (FINAL_STATES.includes(order.state)) return outcomeOf(order, true)
        if (order.state === 'armed') throw stillArmed(order)
        return running.get(order.id) ?? run(order, venue, trade, true)
      }
      trade.onReport({ ...reportBase(intent, order.id, clock.now()), state: 'accepted' })
      return run(order, venue, trade, false)
    },
    recover: (isAsked = () => true) => recoverOrders(tools, isAsked),
    budgets: funds.budgets,
    countSince: slot => funds.countSince(slot),
    claimedFrom: (node, token) => funds.claimedFrom(node, token),
    holdingsOf,
    ...holdingsOf(undefined),
  }
}
