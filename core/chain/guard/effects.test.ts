import { PublicKey } from '@solana/web3.js'
import { expect, test } from 'vitest'
import { SOL_MINT } from '../../money/token.ts'
import { type AccountState, checkEffects, withBalances } from './effects.ts'
import { type Expectation, SYSTEM_PROGRAM, TOKEN_PROGRAM } from './expectation.ts'

const key = (byte: number): string => new PublicKey(new Uint8Array(32).fill(byte)).toBase58()
const [WALLET, ATTACKER, USDC, OTHER] = [key(1), key(2), key(3), key(4)]
const FEES = 5_000n

const expected: Expectation = {
  wallet: WALLET!,
  input: { mint: USDC!, maxUnits: 100n },
  output: { mint: SOL_MINT, minUnits: 1_000_000n },
  venuePrograms: new Set(),
  maxPriorityFee_lamports: 0n,
  maxTip_lamports: 0n,
  tipAccounts: new Set(),
  maxForeignRent_lamports: 0n,
  acceptedMints: new Set(),
}

function wallet(lamports: bigint, more: Partial<AccountState> = {}): AccountState {
  return { lamports, owner: SYSTEM_PROGRAM, data: new Uint8Array(), ...more }
}

interface Fields {
  mint?: string
  owner?: string
  amount?: bigint
  delegate?: string
  closeAuthority?: string
  frozen?: boolean
}

function token({
  mint = USDC!,
  owner = WALLET!,
  amount = 0n,
  delegate,
  closeAuthority,
  frozen = false,
}: Fields): AccountState {
  const data = new Uint8Array(165)
  const view = new DataView(data.buffer)
  data.set(new PublicKey(mint).toBytes(), 0)
  data.set(new PublicKey(owner).toBytes(), 32)
  view.setBigUint64(64, amount, true)
  if (delegate) {
    view.setUint32(72, 1, true)
    data.set(new PublicKey(delegate).toBytes(), 76)
  }
  data[108] = frozen ? 2 : 1
  if (closeAuthority) {
    view.setUint32(129, 1, true)
    data.set(new PublicKey(closeAuthority).toBytes(), 133)
  }
  return { lamports: 2_039_280n, owner: TOKEN_PROGRAM, data }
}

const paid = { address: 'usdc', before: token({ amount: 500n }), after: token({ amount: 400n }) }
const received = { address: WALLET!, before: wallet(10_000_000n), after: wallet(10_995_000n) }

test('a swap that pays what was agreed and receives the minimum is let through', () => {
  expect(checkEffects([received, paid], expected, FEES)).toBeUndefined()
})

test.each([
  ['one unit more is paid', [received, { ...paid, after: token({ amount: 399n }) }], 'balances'],
  ['one lamport less is received', [{ ...received, after: wallet(10_994_999n) }, paid], 'balances'],
  [
    'another token leaves',
    [
      received,
      paid,
      { address: 'o', before: token({ mint: OTHER!, amount: 5n }), after: token({ mint: OTHER!, amount: 4n }) },
    ],
    'balances',
  ],
  [
    'the account has a new owner',
    [received, { ...paid, after: token({ amount: 400n, owner: ATTACKER! }) }],
    'authority',
  ],
  [
    'the account has a delegate',
    [received, { ...paid, after: token({ amount: 400n, delegate: ATTACKER! }) }],
    'authority',
  ],
  [
    'the account has a close authority',
    [received, { ...paid, after: token({ amount: 400n, closeAuthority: ATTACKER! }) }],
    'authority',
  ],
  ['the account is frozen', [received, { ...paid, after: token({ amount: 400n, frozen: true }) }], 'authority'],
  [
    'the account is gone',
    [
      { ...received, after: wallet(13_034_280n) },
      { ...paid, before: token({ amount: 0n }), after: undefined },
    ],
    'closed',
  ],
  [
    'a new account of the wallet has a delegate',
    [received, paid, { address: 'n', before: undefined, after: token({ mint: OTHER!, delegate: ATTACKER! }) }],
    'authority',
  ],
  [
    'the wallet belongs to a program',
    [{ ...received, after: wallet(10_995_000n, { owner: TOKEN_PROGRAM }) }, paid],
    'wallet-owner',
  ],
  [
    'the wallet carries data',
    [{ ...received, after: wallet(10_995_000n, { data: Uint8Array.of(1) }) }, paid],
    'wallet-owner',
  ],
] as const)('refused when %s', (_what, changes, rule) => {
  expect(checkEffects(changes, expected, FEES)).toMatchObject({ rule })
})

test('the rent of an account of its own is still the wallet’s; that of a foreign one counts up to what is allowed', () => {
  const opened = { address: 'n', before: undefined, after: token({ mint: OTHER! }) }
  const rentPaid = { ...received, after: wallet(10_995_000n - 2_039_280n) }
  expect(checkEffects([rentPaid, paid, opened], expected, FEES)).toBeUndefined()
  const foreign = { ...opened, after: token({ mint: OTHER!, owner: ATTACKER! }) }
  expect(checkEffects([rentPaid, paid, foreign], expected, FEES)).toMatchObject({ rule: 'balances' })
  expect(
    checkEffects([rentPaid, paid, foreign], { ...expected, maxForeignRent_lamports: 3_000_000n }, FEES),
  ).toBeUndefined()
})

test('an account with the balances that a simulation began with is held against those', () => {
  const stale = { ...paid, before: token({ amount: 700n }) }
  expect(checkEffects([received, stale], expected, FEES)).toMatchObject({ rule: 'balances' })
  const told = { ...stale, before: withBalances(stale.before, stale.before.lamports, 500n) }
  expect(checkEffects([received, told], expected, FEES)).toBeUndefined()
  const more = { ...told, before: withBalances(stale.before, stale.before.lamports, 501n) }
  expect(checkEffects([received, more], expected, FEES)).toMatchObject({ rule: 'balances' })
})
