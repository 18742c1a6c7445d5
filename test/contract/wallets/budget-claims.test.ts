import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BudgetBook } from '../../../core/app/run/budget-book.ts'
import { Funds, type Reservation } from '../../../core/chain/trader/funds.ts'
import type { Fill } from '../../../core/events/report.ts'
import { type Amount, amountOf, formatAmount } from '../../../core/money/amount.ts'
import type { Token } from '../../../core/money/token.ts'
import type { OrderRecord } from '../../../core/orders/journal.ts'
import { testTokens } from '../../../core/testing/mocks/test-tokens.ts'
import { SharedWallet } from './shared-wallet.ts'

const tokens = testTokens()
const [SOL, USDC, BONK] = [tokens.find('SOL'), tokens.find('USDC'), tokens.find('BONK')]
const NEVER = new AbortController().signal
const RESERVE = 10_000_000n
const NO_FEES = { base_lamports: 0n, priority_lamports: 0n, tip_lamports: 0n, rent_lamports: 0n }
const usdc = (units: bigint) => amountOf(USDC, units)

/** A run of strategies on one wallet: its funds, and the journal that outlives it. */
class Run {
  readonly funds: Funds
  readonly book: BudgetBook

  readonly wallet: SharedWallet
  readonly orders: OrderRecord[]

  constructor(wallet: SharedWallet, orders: OrderRecord[]) {
    this.wallet = wallet
    this.orders = orders
    this.funds = new Funds({ rpc: wallet.rpc, wallet: wallet.address, reserve_lamports: RESERVE })
    this.funds.countSince(wallet.slot)
    const ordersOf = (node?: string) => orders.filter(({ intent }) => node === undefined || intent.node === node)
    this.book = new BudgetBook({
      wallet: wallet.portfolio([USDC, BONK]),
      ordersOf,
      givenBefore: () => undefined,
      ledger: this.funds.budgets,
      tell: () => undefined,
    })
  }

  claim(node: string, input: Amount, output: Token, units = 0n) {
    return this.funds.claim({ node, input, output: amountOf(output, units), fee_lamports: 5_000n }, NEVER)
  }

  /** The trade lands, is journalled, and gives back what was set aside. */
  land(node: string, reservation: Reservation, input: Amount, output: Amount): void {
    this.wallet.move(input, output)
    const { slot } = this.wallet
    const fill = { input, output, fees: NO_FEES, slot, signature: `${this.orders.length}` } as Fill
    const intent = { node, input: input.token, output: output.token }
    this.orders.push({ state: 'confirmed', intent, fill, attempts: [] } as unknown as OrderRecord)
    reservation.release({ fill })
  }
}

const newRun = (held_usdc: bigint, lamports = 10n ** 12n): Run =>
  new Run(new SharedWallet(lamports, new Map([[USDC.mint, held_usdc]])), [])

describe('what a budget claims', () => {
  it('is refused to a node without one, with who claims it and how much is free', async () => {
    const run = newRun(1_000_000_000n)
    run.book.for('grid').claim(usdc(900_000_000n))
    const refused = await run.claim('manual', usdc(150_000_000n), SOL)
    expect(refused).toMatchObject({
      ok: false,
      reason: {
        code: 'BUDGET_CLAIMED',
        message:
          'the trade needs 150 USDC, and 100 USDC are free: the rest belongs to strategies with budgets (grid 900 USDC)',
      },
    })
    expect(await run.claim('manual', usdc(100_000_000n), SOL)).toMatchObject({ ok: true })
  })

  it('is refused to a strategy that wants more than its own', async () => {
    const run = newRun(1_000n)
    run.book.for('a').claim(usdc(400n))
    run.book.for('b').claim(usdc(600n))
    expect(await run.claim('a', usdc(401n), SOL)).toMatchObject({ ok: false, reason: { code: 'BUDGET_CLAIMED' } })
    expect(await run.claim('a', usdc(400n), SOL)).toMatchObject({ ok: true })
    expect(await run.claim('b', usdc(600n), SOL)).toMatchObject({ ok: true })
  })

  it('shrinks with what was spent, and is not among what others can sell', async () => {
    const run = newRun(1_000n)
    run.book.for('grid').claim(usdc(1_000n))
    expect(await run.funds.sellable(USDC, SOL, 'other', NEVER)).toBe(0n)
    expect(await run.funds.sellable(USDC, SOL, 'grid', NEVER)).toBe(1_000n)
    const bought = await run.claim('grid', usdc(700n), BONK)
    if (!bought.ok) expect.fail(bought.reason.message)
    run.land('grid', bought.reservation, usdc(700n), amountOf(BONK, 70n))
    // Somebody puts money in: what is not claimed is anybody's.
    run.wallet.move(amountOf(BONK, 0n), usdc(50n))
    expect(await run.funds.sellable(USDC, SOL, 'other', NEVER)).toBe(50n)
  })

  it('is also what was bought with it: no other sells that, before a restart as after it', async () => {
    const run = newRun(1_000n)
    run.book.for('grid').claim(usdc(1_000n))
    const bought = await run.claim('grid', usdc(700n), BONK, 70n)
    if (!bought.ok) expect.fail(bought.reason.message)
    run.land('grid', bought.reservation, usdc(700n), amountOf(BONK, 70n))
    // A person's own, which anybody may sell.
    run.wallet.move(usdc(0n), amountOf(BONK, 5n))
    const again = new Run(run.wallet, run.orders)
    again.book.for('grid').claim(usdc(1_000n))
    for (const here of [run, again]) {
      expect(await here.claim('momentum', amountOf(BONK, 6n), USDC)).toMatchObject({
        ok: false,
        reason: {
          code: 'BUDGET_CLAIMED',
          message: `the trade needs ${formatAmount(amountOf(BONK, 6n))}, and ${formatAmount(amountOf(BONK, 5n))} are free: the rest belongs to strategies with budgets (grid ${formatAmount(amountOf(BONK, 70n))})`,
        },
      })
      expect(await here.funds.sellable(BONK, USDC, 'momentum', NEVER)).toBe(5n)
      expect(await here.funds.sellable(BONK, USDC, 'grid', NEVER)).toBe(75n)
      expect(await here.funds.sellable(BONK, USDC, undefined, NEVER)).toBe(75n)
      here.funds.budgets.letSellForAll('risk')
      expect(await here.funds.sellable(BONK, USDC, 'risk', NEVER)).toBe(75n)
    }
    const sold = await again.claim('grid', amountOf(BONK, 70n), USDC)
    if (!sold.ok) expect.fail(sold.reason.message)
    again.land('grid', sold.reservation, amountOf(BONK, 70n), usdc(800n))
    expect(await again.claim('momentum', amountOf(BONK, 5n), USDC)).toMatchObject({ ok: true })
  })

  it('is less when its owner has taken out what was bought, and then stands against nobody for what is not there', async () => {
    const run = newRun(1_000n)
    run.book.for('grid').claim(usdc(500n))
    run.book.for('momentum').claim(usdc(500n))
    for (const node of ['grid', 'momentum']) {
      const bought = await run.claim(node, usdc(400n), BONK, 40n)
      if (!bought.ok) expect.fail(bought.reason.message)
      run.land(node, bought.reservation, usdc(400n), amountOf(BONK, 40n))
    }
    run.wallet.move(amountOf(BONK, 40n), usdc(0n))
    // Even before anybody counts anew: what is its own is refused to no strategy.
    expect(await run.claim('momentum', amountOf(BONK, 40n), USDC)).toMatchObject({ ok: true })
    const again = new Run(run.wallet, run.orders)
    for (const node of ['grid', 'momentum']) again.book.for(node).claim(usdc(500n))
    expect(await again.funds.sellable(BONK, USDC, 'manual', NEVER)).toBe(0n)
    run.wallet.move(usdc(0n), amountOf(BONK, 3n))
    expect(await again.funds.sellable(BONK, USDC, 'manual', NEVER)).toBe(3n)
  })

  it('of SOL does not stand against selling what another has bought, whatever fees have cost', async () => {
    const run = newRun(1_000_000_000n, 5_000_000_000n)
    run.book.for('saver').claim(amountOf(SOL, 5_000_000_000n))
    const bought = await run.claim('grid', usdc(100_000_000n), SOL)
    if (!bought.ok) expect.fail(bought.reason.message)
    run.land('grid', bought.reservation, usdc(100_000_000n), amountOf(SOL, 1_000_000_000n))
    const sold = await run.claim('grid', amountOf(SOL, 1_000_000_000n), USDC)
    if (!sold.ok) expect.fail(sold.reason.message)
    run.land('grid', sold.reservation, amountOf(SOL, 1_000_000_000n), usdc(100_000_000n))
    expect(await run.claim('grid', amountOf(SOL, 100_000_000n), USDC)).toMatchObject({
      ok: false,
      reason: { code: 'BUDGET_CLAIMED' },
    })
  })
})

describe('an endpoint that is behind what has landed', () => {
  it('gives nobody what is spent already: it may be of another strategy', async () => {
    const run = newRun(1_000n)
    run.book.for('a').claim(usdc(600n))
    run.book.for('b').claim(usdc(400n))
    const bought = await run.claim('a', usdc(600n), BONK, 60n)
    if (!bought.ok) expect.fail(bought.reason.message)
    run.land('a', bought.reservation, usdc(600n), amountOf(BONK, 60n))
    run.wallet.lag_slots = 1
    expect(await run.claim('manual', usdc(400n), BONK)).toMatchObject({ ok: false })
    run.wallet.lag_slots = 1
    expect(await run.funds.sellable(USDC, BONK, 'manual', NEVER)).toBe(0n)
  })

  it('keeps nobody from what a trade has brought', async () => {
    const run = newRun(1_000n)
    const bought = await run.claim('a', usdc(600n), BONK, 60n)
    if (!bought.ok) expect.fail(bought.reason.message)
    run.land('a', bought.reservation, usdc(600n), amountOf(BONK, 60n))
    run.wallet.lag_slots = 1
    expect(await run.funds.sellable(BONK, USDC, 'a', NEVER)).toBe(60n)
    run.wallet.lag_slots = 1
    expect(await run.claim('a', amountOf(BONK, 60n), USDC)).toMatchObject({ ok: true })
  })

  it('is an error that passes when it does not catch up', async () => {
    const run = newRun(1_000n)
    const bought = await run.claim('a', usdc(600n), BONK, 60n)
    if (!bought.ok) expect.fail(bought.reason.message)
    run.land('a', bought.reservation, usdc(600n), amountOf(BONK, 60n))
    run.wallet.lag_slots = 1_000
    await expect(run.claim('a', amountOf(BONK, 60n), USDC)).rejects.toMatchObject({ exitCode: 75 })
    run.wallet.lag_slots = 0
    expect(await run.claim('a', amountOf(BONK, 60n), USDC)).toMatchObject({ ok: true })
  })
})

it('whoever keeps to a budget is never refused, whatever others try, however trades end, over restarts', async () => {
  const step = fc.record({
    who: fc.constantFrom('a', 'b', 'c', 'manual', 'free'),
    does: fc.constantFrom('buy', 'buy', 'sell', 'restart'),
    share: fc.integer({ min: 1, max: 130 }),
    end: fc.constantFrom('lands', 'lands', 'fails'),
    turns: fc.integer({ min: 0, max: 4 }),
    gainPercent: fc.integer({ min: -60, max: 60 }),
    lag: fc.constantFrom(0, 0, 0, 1, 3),
  })
  const budgets = fc.tuple(fc.bigInt(1n, 400n), fc.bigInt(1n, 400n), fc.bigInt(1n, 400n), fc.bigInt(0n, 200n))
  await fc.assert(
    fc.asyncProperty(budgets, fc.array(step, { maxLength: 60 }), async ([a, b, c, rest], steps) => {
      const wallet = new SharedWallet(10n ** 12n, new Map([[USDC.mint, a + b + c + rest]]))
      const given = new Map([
        ['a', a],
        ['b', b],
        ['c', c],
      ])
      const orders: OrderRecord[] = []
      // What each has out by its own counting, what it may have under way, and what it bought.
      const outlay = new Map<string, bigint>()
      const underWay = new Map<string, bigint>()
      const bought = new Map<string, bigint>()
      const add = (to: Map<string, bigint>, who: string, units: bigint): void =>
        void to.set(who, (to.get(who) ?? 0n) + units)
      const start = (): Run => {
        const run = new Run(wallet, orders)
        for (const [node, units] of given) run.book.for(node).claim(usdc(units))
        return run
      }
      let run = start()
      let open: Promise<void>[] = []
      for (const { who, does, share, end, turns, gainPercent, lag } of steps) {
        wallet.lag_slots = lag
        if (does === 'restart') {
          await Promise.all(open)
          open = []
          run = start()
          continue
        }
        const budget = given.get(who)
        const out = outlay.get(who) ?? 0n
        const left =
          budget === undefined ? wallet.held(USDC) : budget - (out > 0n ? out : 0n) - (underWay.get(who) ?? 0n)
        const isSale = does === 'sell'
        // Without a budget it tries to sell whatever is there.
        const [held, percent] =
          budget === undefined ? [wallet.held(BONK), share] : [bought.get(who) ?? 0n, Math.min(share, 100)]
        const [units, input, output] = isSale
          ? [(held * BigInt(percent)) / 100n, BONK, USDC]
          : [(left * BigInt(budget === undefined ? share : Math.min(share, 100))) / 100n, USDC, BONK]
        if (units <= 0n) continue
        if (isSale) add(bought, who, -units)
        else add(underWay, who, units)
        const trade = async (in_: Run): Promise<void> => {
          const brought = isSale ? (units * BigInt(100 + gainPercent)) / 100n : units
          const verdict = await in_.claim(who, amountOf(input, units), output, brought)
          if (budget !== undefined) expect([who, does, verdict.ok || verdict.reason.message]).toEqual([who, does, true])
          if (verdict.ok) for (let turn = 0; turn < turns; turn++) await wallet.turn()
          if (!verdict.ok || end === 'fails') {
            if (isSale) add(bought, who, units)
            else add(underWay, who, -units)
            if (verdict.ok) verdict.reservation.release()
            return
          }
          in_.land(who, verdict.reservation, amountOf(input, units), amountOf(output, brought))
          if (isSale) add(outlay, who, -brought)
          else {
            add(outlay, who, units)
            add(underWay, who, -units)
            add(bought, who, units)
          }
        }
        open.push(trade(run))
        if (turns % 2 === 0) await wallet.turn()
      }
      await Promise.all(open)
      const theirs = [...given].reduce((sum, [node, units]) => sum + units - (outlay.get(node) ?? 0n), 0n)
      expect(wallet.held(USDC)).toBeGreaterThanOrEqual(theirs)
      const theirBonk = [...given.keys()].reduce((sum, node) => sum + (bought.get(node) ?? 0n), 0n)
      expect(wallet.held(BONK)).toBeGreaterThanOrEqual(theirBonk)
    }),
    { numRuns: 1000 },
  )
})
