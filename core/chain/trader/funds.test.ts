import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SOL_MINT, type Token } from '../../money/token.ts'
import { TOKEN_2022_PROGRAM } from '../guard/expectation.ts'
import { usualDeposit_lamports } from '../mint/account-size.ts'
import type { Account } from '../rpc/rpc-types.ts'
import { Wallet } from '../wallet/wallet.ts'
import { Funds, type FundsRequest, type Reservation } from './funds.ts'

const NEVER = new AbortController().signal
const address = (seed: number): string => Wallet.fromSeed(new Uint8Array(32).fill(seed)).publicKey
const WALLET = address(1)
const SOL: Token = { cluster: 'x', mint: SOL_MINT, symbol: 'SOL', decimals: 9, program: 'spl-token' }
const token = (seed: number): Token => ({ ...SOL, mint: address(seed), symbol: `T${seed}`, decimals: 6 })
const USDC = token(2)
const RENT = 2_039_280n
const RESERVE = 10_000_000n

const account = (lamports: bigint, data: Uint8Array): Account =>
  ({ lamports, owner: address(9), data, executable: false }) as unknown as Account

function holding(units: bigint): Account {
  const data = new Uint8Array(165)
  new DataView(data.buffer).setBigUint64(64, units, true)
  return account(RENT, data)
}

/** Funds of a wallet that holds so much of every token, whose readings take until the next turn. */
function funds(held: { lamports: bigint; units: bigint; slot?: number }) {
  const read: number[] = []
  let onRead: () => void = () => undefined
  const rpc = {
    rentExemption: async () => RENT,
    accountsAt: async (addresses: readonly string[]) => {
      read.push(addresses.length)
      await new Promise(resolve => setImmediate(resolve))
      onRead()
      const accountOf = (each: string) =>
        each === WALLET ? account(held.lamports, new Uint8Array()) : holding(held.units)
      return { slot: held.slot ?? 1, accounts: addresses.map(accountOf) }
    },
  }
  return {
    funds: new Funds({ rpc, wallet: WALLET, reserve_lamports: RESERVE }),
    read,
    during: (work: () => void) => (onRead = work),
  }
}

const spend = (units: bigint, of = USDC, node = 'plan'): FundsRequest => ({
  node,
  input: { token: of, units },
  output: { token: of === SOL ? USDC : SOL, units: 0n },
  fee_lamports: 5_000n,
})

test('a thousand trades of one moment share two readings, and the sums are those of a thousand', async () => {
  const { funds: here, read } = funds({ lamports: 10n ** 12n, units: 1_000n })
  const verdicts = await Promise.all(Array.from({ length: 1_000 }, () => here.claim(spend(1n), NEVER)))
  expect(verdicts.every(({ ok }) => ok)).toBe(true)
  expect(read).toHaveLength(2)
  const [first] = verdicts
  if (!first?.ok) expect.fail('not claimed')
  expect(here.claimedLamports(first.reservation)).toBe(999n * 5_000n)
  first.reservation.release()
  expect(await here.sellable(USDC, SOL, undefined, NEVER)).toBe(1n)
})

test('trades of more tokens than one request takes are read in several', async () => {
  const { funds: here, read } = funds({ lamports: 10n ** 12n, units: 5n })
  const tokens = Array.from({ length: 240 }, (_, index) => token(index + 10))
  const verdicts = await Promise.all(tokens.map(each => here.claim(spend(5n, each), NEVER)))
  expect(verdicts.every(({ ok }) => ok)).toBe(true)
  expect(Math.max(...read)).toBeLessThanOrEqual(100)
})

test('what is released while balances are read counts until they are counted', async () => {
  const { funds: here, read, during } = funds({ lamports: 10n ** 12n, units: 10n })
  const first = await here.claim(spend(10n), NEVER)
  if (!first.ok) expect.fail(first.reason.message)
  // These balances may be from before the trade that ends now: they must not be given away a second time.
  during(() => {
    during(() => undefined)
    first.reservation.release()
  })
  const [told, second] = await Promise.all([
    here.sellable(USDC, SOL, undefined, NEVER),
    here.claim({ ...spend(11n), node: 'other' }, NEVER),
  ])
  expect(read.length).toBeGreaterThan(2)
  expect([told, second.ok]).toEqual([10n, false])
})

test('what a trade took counts once when it has landed, though its receipt is still to come', async () => {
  const held = { lamports: 10n ** 12n, units: 10n, slot: 5 }
  const { funds: here, during } = funds(held)
  const [of, other] = [await here.claim(spend(4n), NEVER), await here.claim(spend(1n), NEVER)]
  if (!of.ok || !other.ok) expect.fail('not claimed')
  // The balances that are being read when it is heard may be from before.
  during(() => of.reservation.landed(7))
  expect(await here.sellable(USDC, SOL, undefined, NEVER)).toBe(5n)
  during(() => undefined)
  Object.assign(held, { units: 6n, slot: 7 })
  expect(await here.sellable(USDC, SOL, undefined, NEVER)).toBe(5n)
  // Nor does a sale of all of it wait for that receipt.
  const rest = await here.claim(spend(5n), NEVER)
  if (!rest.ok) expect.fail(rest.reason.message)
  rest.reservation.release()
  of.reservation.release()
  expect(await here.sellable(USDC, SOL, undefined, NEVER)).toBe(5n)
})

test('what a trade of SOL took counts once when it has landed, to the lamport', async () => {
  const held = { lamports: 10n ** 12n, units: 0n, slot: 5 }
  const { funds: here } = funds(held)
  const before = await here.sellable(SOL, USDC, undefined, NEVER)
  const of = await here.claim(spend(10n ** 9n, SOL), NEVER)
  if (!of.ok) expect.fail(of.reason.message)
  Object.assign(held, { lamports: held.lamports - 10n ** 9n - 5_000n, slot: 6 })
  of.reservation.landed(6)
  expect(await here.sellable(SOL, USDC, undefined, NEVER)).toBe(before - 10n ** 9n - 5_000n)
})

test("a trade that has landed leaves what is another strategy's as it was", async () => {
  const held = { lamports: 10n ** 12n, units: 100n, slot: 5 }
  const { funds: here } = funds(held)
  here.budgets.give('grid', { amount: { token: USDC, units: 60n }, outlay: 0n })
  const of = await here.claim(spend(50n, USDC, 'grid'), NEVER)
  if (!of.ok) expect.fail(of.reason.message)
  Object.assign(held, { units: 50n, slot: 6 })
  of.reservation.landed(6)
  expect(await here.sellable(USDC, SOL, 'plan', NEVER)).toBe(40n)
  expect(await here.sellable(USDC, SOL, 'grid', NEVER)).toBe(50n)
})

test('what is set aside for an order is not offered to another, holds no trade back, and is replaced by its claim', async () => {
  const { funds: here } = funds({ lamports: 10n ** 12n, units: 10n })
  here.setAside('a', { token: USDC, units: 4n }, undefined)
  expect(await here.sellable(USDC, SOL, undefined, NEVER)).toBe(6n)
  const other = await here.claim({ ...spend(8n), orderId: 'b' }, NEVER)
  if (!other.ok) expect.fail(other.reason.message)
  other.reservation.release()
  const own = await here.claim({ ...spend(4n), orderId: 'a' }, NEVER)
  expect(own.ok).toBe(true)
  expect(await here.sellable(USDC, SOL, undefined, NEVER)).toBe(6n)
  here.setAside('c', { token: USDC, units: 5n }, undefined)
  here.dropAside('c')
  expect(await here.sellable(USDC, SOL, undefined, NEVER)).toBe(6n)
})

test('a share of what a strategy owns minds what is on its way for that strategy, and not for others', async () => {
  const { funds: here } = funds({ lamports: 10n ** 12n, units: 100n })
  here.budgets.give('grid', { amount: { token: SOL, units: 0n }, outlay: 0n, bought: new Map([[USDC.mint, 70n]]) })
  here.budgets.give('momentum', { amount: { token: SOL, units: 0n }, outlay: 0n, bought: new Map([[USDC.mint, 20n]]) })
  expect(await here.sellable(USDC, SOL, 'grid', NEVER)).toBe(80n)
  here.setAside('a', { token: USDC, units: 30n }, 'grid')
  expect(await here.sellable(USDC, SOL, 'grid', NEVER)).toBe(50n)
  expect((await here.claim({ ...spend(30n, USDC, 'grid'), orderId: 'a' }, NEVER)).ok).toBe(true)
  expect((await here.claim(spend(50n, USDC, 'grid'), NEVER)).ok).toBe(true)
  here.setAside('b', { token: USDC, units: 20n }, 'momentum')
  // What it owns is not less because another sells what is its own.
  expect((await here.claim({ ...spend(20n, USDC, 'momentum'), orderId: 'b' }, NEVER)).ok).toBe(true)
})

test('whatever is claimed and released, no unit is promised twice and the reserve stays', async () => {
  const wish = fc.record({ units: fc.bigInt({ min: 1n, max: 40n }), ofSol: fc.boolean(), keeps: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { maxLength: 30 }), async wishes => {
      const lamports = RESERVE + 500_000n
      const { funds: here } = funds({ lamports, units: 100n })
      const open = new Map<Reservation, { units: bigint; lamports: bigint }>()
      const trade = async ({ units, ofSol, keeps }: (typeof wishes)[number]): Promise<void> => {
        const request = ofSol ? spend(units * 1_000n, SOL) : spend(units)
        const verdict = await here.claim(request, NEVER)
        if (!verdict.ok) return
        const taken = ofSol ? { units: 0n, lamports: units * 1_000n + 5_000n } : { units, lamports: 5_000n }
        open.set(verdict.reservation, taken)
        const sum = (of: (each: { units: bigint; lamports: bigint }) => bigint): bigint =>
          [...open.values()].reduce((total, each) => total + of(each), 0n)
        expect(sum(each => each.units)).toBeLessThanOrEqual(100n)
        expect(sum(each => each.lamports)).toBeLessThanOrEqual(lamports - RESERVE)
        if (keeps) await new Promise(resolve => setImmediate(resolve))
        open.delete(verdict.reservation)
        verdict.reservation.release()
      }
      await Promise.all(wishes.map(trade))
      expect(open.size).toBe(0)
    }),
    { numRuns: 100 },
  )
})

test('a reading that fails is told to all who shared it, and the next ones are read again', async () => {
  const { funds: here, during } = funds({ lamports: 10n ** 12n, units: 10n })
  during(() => {
    throw new Error('the endpoint is gone')
  })
  const both = await Promise.allSettled([
    here.sellable(USDC, SOL, undefined, NEVER),
    here.sellable(USDC, SOL, undefined, NEVER),
  ])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  during(() => undefined)
  expect(await here.sellable(USDC, SOL, undefined, NEVER)).toBe(10n)
})

test('an account of a Token-2022 token takes its own deposit, as large as its mint demands', async () => {
  const FEE_MINT = { ...token(3), program: 'token-2022' } as const
  const data = new Uint8Array(278)
  data.set([1, 1, 0, 108], 165)
  const lamports = RESERVE + 1_000_000n + 5_000n + usualDeposit_lamports(182)
  const there = new Map([
    [WALLET, account(lamports, new Uint8Array())],
    [FEE_MINT.mint, { ...account(1n, data), owner: TOKEN_2022_PROGRAM }],
  ])
  const rpc = {
    rentExemption: async (bytes: number) => usualDeposit_lamports(bytes),
    accountsAt: async (addresses: readonly string[]) => ({ slot: 1, accounts: addresses.map(each => there.get(each)) }),
  }
  const here = new Funds({ rpc, wallet: WALLET, reserve_lamports: RESERVE })
  const buy = (units: bigint): FundsRequest => ({ ...spend(units, SOL), output: { token: FEE_MINT, units: 1n } })
  expect(await here.claim(buy(1_000_001n), NEVER)).toMatchObject({ ok: false, reason: { code: 'FUNDS_INSUFFICIENT' } })
  expect(await here.claim(buy(1_000_000n), NEVER)).toMatchObject({ ok: true })
})

test('what a transaction of an earlier run would have cost at most counts no more when it is known what it cost', () => {
  const fees = { base_lamports: 5_000n, priority_lamports: 2_000n, tip_lamports: 0n, rent_lamports: 0n }
  const counted = { input: { token: USDC, units: 4n }, fees: { ...fees, rent_lamports: RENT } }
  for (const [spending, costs] of [
    [undefined, 100n],
    [{ failed: { signature: 'x', slot: 1, at: 1, fees } }, 7_100n],
    [{ unknown: counted.input }, 7_100n + RENT],
  ] as const) {
    const { funds: here } = funds({ lamports: 10n ** 12n, units: 10n })
    here.budgets.addCosts(100n + 7_000n + RENT)
    here.found('grid', counted, spending)
    expect(here.budgets.costs_lamports).toBe(costs)
  }
})
