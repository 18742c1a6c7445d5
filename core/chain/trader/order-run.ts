import { type ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { Fill, Reason, Report } from '../../events/report.ts'
import { liveAttempts } from '../../orders/again.ts'
import type { Attempt, Journal, OrderRecord } from '../../orders/journal.ts'
import { partsOf } from '../../orders/parts.ts'
import type { OrderState } from '../../orders/state-machine.ts'
import type { Logger } from '../../plugin/contract.ts'
import type { TradeOptions } from '../../plugin/services.ts'
import type { Venue } from '../../plugin/venue.ts'
import type { Clock } from '../../time/clock.ts'
import { signDraft } from '../transaction/compose.ts'
import { type Spending, spendingOf } from './budget-ledger.ts'
import type { Reservation } from './funds.ts'
import type { Signer } from './options.ts'
import { orAborted } from './or-aborted.ts'
import { type Declined, type Prepared, prepare, type Workshop } from './prepare.ts'
import { interruptedReport, outcomeOf, partReport, reportBase, simulatedReport } from './reports.ts'
import type { Sender } from './sender.ts'
import { endOrder, type Settled, settleLanding, settleParts } from './settle.ts'
import { promiseOf, simulatedFill } from './simulated-fill.ts'
import type { Tracker } from './tracker.ts'

/** What every order's run shares. */
export interface RunTools {
  readonly clock: Clock
  readonly journal: Journal
  readonly signer: Signer
  readonly sender: Sender
  readonly log: Logger
  readonly tracker: Tracker
  readonly shop: Workshop
}

const BACKOFF_FIRST_MS = 1_000
/** Exit code of errors that pass by themselves. */
const TRY_AGAIN = 75

/** One order, from the journal's key to its outcome. */
export class OrderRun {
  readonly #tools: RunTools
  readonly #venue: Venue
  readonly #options: TradeOptions
  /** Taken up from an earlier run. */
  readonly #resumed: boolean
  /** Attempts of that run. */
  #inherited = 0
  /** Why the private relay did not take the last transaction: another one would fare no better. */
  #refusal: ForgeError | undefined
  /** How often another order had the very transaction that was signed. */
  #collisions = 0

  constructor(tools: RunTools, venue: Venue, options: TradeOptions, resumed: boolean) {
    this.#tools = tools
    this.#venue = venue
    this.#options = options
    this.#resumed = resumed
  }

  /** @throws only what stops the run itself: the store's errors and defects. */
  async run(order: OrderRecord): Promise<Report> {
    try {
      return await this.#drive(order)
    } catch (thrown) {
      if (!this.#tools.shop.signal.aborted) throw thrown
      const { journal, clock } = this.#tools
      return interruptedReport(journal.order(order.id) ?? order, clock.now())
    }
  }

  async #drive(order: OrderRecord): Promise<Report> {
    let current = order
    const last = liveAttempts(current).at(-1)
    if (this.#resumed) this.#inherited = current.attempts.length
    if (last) {
      // An attempt of an earlier run may still land: nothing is signed before its end is known.
      const settled = last.fill ? settleParts(this.#tools, current) : await this.#follow(current, last)
      if (!last.fill) {
        const { intent } = current
        const { details, inputUnits } = last.promise
        const counted = { input: { token: intent.input, units: inputUnits }, fees: details?.fees }
        this.#tools.shop.funds.found(intent.node, counted, spendingOf(settled.order, last))
      }
      if (settled.isOver) return this.#outcome(settled.order, last)
      current = settled.order
    }
    for (;;) {
      const over = this.#expiry(current) ?? this.#limit(current)
      if (over) return this.#end(current, 'expired', over)
      const prepared = await this.#prepareWithRetries(current)
      if (prepared.kind !== 'ready') {
        return this.#end(current, prepared.kind === 'skipped' ? 'cancelled' : 'failed', prepared.reason)
      }
      let spending: Spending
      try {
        if (this.#tools.sender.kind === 'dry-run') return this.#simulated(current, prepared)
        const late = this.#expiry(current)
        if (late) return this.#end(current, 'expired', late)
        // What was set while it was quoted and simulated counts as well.
        const stopped = this.#tools.shop.stopped?.()
        if (stopped) return this.#end(current, 'cancelled', stopped)
        const attempt = this.#sign(current, prepared)
        const written = this.#write(attempt)
        if (!written) continue
        current = written
        await this.#tools.clock.holdWhile('journal', () => this.#tools.journal.synced())
        const settled = await this.#follow(current, attempt, prepared.reservation)
        spending = spendingOf(settled.order, attempt)
        if (settled.isOver) return this.#outcome(settled.order, attempt)
        current = settled.order
      } finally {
        prepared.reservation.release(spending)
      }
    }
  }

  /** Undefined when another order has the very transaction, by chance: nothing was sent, and another is signed. */
  #write(attempt: Attempt): OrderRecord | undefined {
    try {
      return this.#tools.journal.attempt(attempt)
    } catch (thrown) {
      if (!isForgeError(thrown, 'ORDER_SIGNATURE_TAKEN')) throw thrown
      this.#collisions++
      return undefined
    }
  }

  /** Waits for an attempt's end, and tells of it when it is a part of the order. */
  async #follow(order: OrderRecord, attempt: Attempt, reservation?: Reservation): Promise<Settled> {
    const { tracker, sender, clock } = this.#tools
    const send = sender.kind === 'live' && order.state !== 'unresolved' ? sender.send : undefined
    if (send && attempt.number > this.#inherited) {
      this.#options.onReport({
        ...reportBase(order.intent, order.id, clock.now()),
        state: 'sent',
        signature: attempt.signature,
        attempt: attempt.number,
      })
    }
    const landing = await tracker.land(attempt, send, order.intent.expiresAt)
    // Its receipt may be long in coming, and what it took is gone already.
    if (landing.kind === 'landed') reservation?.landed(landing.status.slot)
    this.#refusal = landing.kind === 'expired' ? landing.refusal : undefined
    const settled = await settleLanding(this.#tools, order, attempt, landing)
    if (settled.part && !settled.isOver) this.#options.onReport(partReport(settled.order, settled.part))
    return settled
  }

  /** An order counts as recovered when something of it landed by a transaction of an earlier run. */
  #outcome(order: OrderRecord, last?: Attempt): Report {
    const landed = order.attempts.filter(({ number, fill }) => number === last?.number || fill)
    const isRecovered = landed.some(({ number }) => number <= this.#inherited)
    return outcomeOf(order, isRecovered)
  }

  #sign(order: OrderRecord, prepared: Prepared): Attempt {
    const { draft, quote, blockhash, terms } = prepared
    const { journal, signer, clock, shop } = this.#tools
    shop.signal.throwIfAborted()
    journal.assertWritable()
    const { wire, signature } = signDraft(draft, signer)
    return {
      orderId: order.id,
      number: order.attempts.length + 1,
      signature,
      wire,
      lastValidBlockHeight: blockhash.lastValidBlockHeight,
      slot: blockhash.slot,
      venue: quote.venue,
      ...(terms.channel !== 'public' && { channel: terms.channel }),
      promise: {
        inputUnits: quote.input.units,
        quotedOutputUnits: quote.output.units,
        minimumOutputUnits: (quote.exact === 'in' ? quote.threshold : quote.output).units,
        ...(quote.priceImpactBps !== undefined && { priceImpactBps: quote.priceImpactBps }),
        details: promiseOf(prepared),
        ...(terms.tip_lamports > 0n && { tip_lamports: terms.tip_lamports }),
        ...(terms.protection.length > 0 && { protection: terms.protection }),
        ...(prepared.short !== undefined && { short: prepared.short }),
      },
      createdAt: clock.now(),
    }
  }

  async #prepareWithRetries(order: OrderRecord): Promise<Prepared | Declined> {
    const { clock, shop, log } = this.#tools
    for (let failed = 0; ; failed++) {
      try {
        return await orAborted(prepare(shop, order, this.#venue, this.#options, this.#collisions), shop.signal)
      } catch (thrown) {
        shop.signal.throwIfAborted()
        if (!isForgeError(thrown) || thrown.code.startsWith('STORE_')) throw thrown
        const late = this.#expiry(order)
        if (thrown.exitCode !== TRY_AGAIN || failed >= shop.settings.retriesMax || late) {
          return { kind: 'failed', reason: { code: thrown.code, message: thrown.message, remedy: thrown.remedy } }
        }
        log.warn('a trade is held up; nothing was sent, it is tried again', {
          orderId: order.id,
          cause: thrown.message,
        })
        await clock.sleep(BACKOFF_FIRST_MS * 2 ** failed, shop.signal)
      }
    }
  }

  #simulated(order: OrderRecord, prepared: Prepared): Report {
    const { clock, journal, signer } = this.#tools
    const now = clock.now()
    const { signature } = signDraft(prepared.draft, signer)
    const { walletName } = this.#tools.shop
    const simulated = simulatedFill(order, prepared, { now, signature, venue: prepared.quote.venue })
    const fill: Fill = { ...simulated, ...(walletName && { wallet: walletName }) }
    const reason = { code: 'DRY_RUN', message: 'simulated, not sent' }
    journal.move(order.id, 'cancelled', { now, cause: 'dry run', reason })
    return simulatedReport(order, fill)
  }

  /** Why no other transaction is signed for the order, however good the market. */
  #limit(order: OrderRecord): Reason | undefined {
    if (this.#refusal) {
      const { code, message, remedy } = this.#refusal
      return { code, message, remedy }
    }
    const { attemptsMax, partsMax } = this.#tools.shop.settings
    const landed = partsOf(order).length
    const expired = liveAttempts(order).length - landed
    if (expired >= attemptsMax) {
      return { code: 'ORDER_EXPIRED', message: `${expired} transactions expired without landing` }
    }
    if (landed < partsMax) return undefined
    return {
      code: 'ORDER_PARTLY_FILLED',
      message: `${landed} transactions have landed, and one order may take no more`,
    }
  }

  #expiry(order: OrderRecord): Reason | undefined {
    const { expiresAt } = order.intent
    if (expiresAt === undefined || this.#tools.clock.now() <= expiresAt) return undefined
    return { code: 'ORDER_EXPIRED', message: `its time ran out at ${new Date(expiresAt).toISOString()}` }
  }

  #end(order: OrderRecord, state: OrderState, reason: Reason): Report {
    return this.#outcome(endOrder(this.#tools, order, state, reason))
  }
}
