import { base58 } from '@scure/base'
import { expect, test } from 'vitest'
import { checkCalls, readCalls } from './calls.ts'
import type { Expectation } from './expectation.ts'
import { SYSTEM_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from './expectation.ts'

const WALLET = 'wallet'
const VENUE = 'venue'
const expected = { wallet: WALLET, venuePrograms: new Set([VENUE]) } as unknown as Expectation

/** The same call as nodes may show it: decoded, by address, by index. */
function shown(programId: string, name: string, data: Uint8Array) {
  const accounts = ['account', 'delegate', WALLET]
  const addresses = [...accounts, programId]
  return [
    readCalls(
      [
        {
          index: 2,
          instructions: [
            { programId, parsed: { type: name, info: { source: 'account', delegate: 'delegate', owner: WALLET } } },
          ],
        },
      ],
      addresses,
    ),
    readCalls([{ index: 2, instructions: [{ programId, accounts, data: base58.encode(data) }] }], addresses),
    readCalls(
      [{ index: 2, instructions: [{ programIdIndex: 3, accounts: [0, 1, 2], data: base58.encode(data) }] }],
      addresses,
    ),
  ]
}

test.each([
  ['approve', TOKEN_PROGRAM, Uint8Array.of(4, 1, 0, 0, 0, 0, 0, 0, 0)],
  ['approveChecked', TOKEN_PROGRAM, Uint8Array.of(13, 1, 0, 0, 0, 0, 0, 0, 0, 6)],
  ['setAuthority', TOKEN_2022_PROGRAM, Uint8Array.of(6, 2, 0)],
  ['burn', TOKEN_2022_PROGRAM, Uint8Array.of(8, 1, 0, 0, 0, 0, 0, 0, 0)],
  ['assign', SYSTEM_PROGRAM, Uint8Array.of(1, 0, 0, 0, ...new Uint8Array(32))],
])('a venue that calls %s with the wallet is refused, however the node shows the call', (name, programId, data) => {
  for (const calls of shown(programId, name, data)) {
    expect(checkCalls(calls, expected)).toMatchObject({
      rule: 'inner-call',
      instruction: 2,
      message: expect.stringContaining(name),
    })
  }
})

test('transfers between a pool and the wallet are what a swap is', () => {
  for (const calls of shown(TOKEN_PROGRAM, 'transfer', Uint8Array.of(3, 1, 0, 0, 0, 0, 0, 0, 0))) {
    expect(checkCalls(calls, expected)).toBeUndefined()
  }
})

test('a call of a program that the profile does not allow is refused, even without the wallet', () => {
  const calls = readCalls([{ index: 0, instructions: [{ programId: 'stranger', accounts: [], data: '' }] }], [])
  expect(checkCalls(calls, expected)).toMatchObject({ rule: 'unknown-program', instruction: 0 })
})

test('an index past the addresses can not be decoded', () => {
  expect(() => readCalls([{ index: 0, instructions: [{ programIdIndex: 9, accounts: [], data: '' }] }], ['a'])).toThrow(
    RangeError,
  )
})
