import { expect, test } from 'vitest'
import type { Instruction } from '../../plugin/venue.ts'
import { compose } from '../transaction/compose.ts'
import { Wallet } from '../wallet/wallet.ts'
import { oversizeOf, transactionBytes } from './fit.ts'

const address = (seed: number): string => Wallet.fromSeed(new Uint8Array(32).fill(seed)).publicKey
const PAYER = address(1)

function instruction(program: number, accounts: readonly number[], bytes: number): Instruction {
  return {
    programId: address(program),
    accounts: accounts.map(seed => ({ address: address(seed), signer: false, writable: true })),
    data: new Uint8Array(bytes),
  }
}

const plan = (...instructions: Instruction[]) => ({ instructions, lookupTables: [] })

test.each([
  ['one instruction', plan(instruction(2, [3, 4, 5], 9))],
  [
    'accounts and programs used again',
    plan(instruction(2, [3, 4, 3], 9), instruction(2, [4, 6], 1), instruction(7, [1], 0)),
  ],
  ['data longer than one byte of length tells', plan(instruction(2, [3], 200))],
])('the bytes counted are those of the transaction: %s', (_what, each) => {
  const { instructions } = each
  const blockhash = address(9)
  const { wire } = compose({ instructions, payer: PAYER, blockhash, tables: {}, price_microLamports: 7n, salt: 3 })
  expect(transactionBytes(each, PAYER)).toBe(wire.length)
})

test('what fits with room to spare is told from what does not', () => {
  const base = transactionBytes(plan(instruction(2, [3], 200)), PAYER)
  const full = plan(instruction(2, [3], 200 + 1_232 - base))
  expect(oversizeOf(full, PAYER, 0)).toBeUndefined()
  expect(oversizeOf(full, PAYER, 1)).toBe(1_232)
  expect(oversizeOf(plan(instruction(2, [3], 201 + 1_232 - base)), PAYER, 0)).toBe(1_233)
})
