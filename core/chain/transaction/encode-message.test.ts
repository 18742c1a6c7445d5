import { base58 } from '@scure/base'
import {
  type AccountRole,
  type Address,
  appendTransactionMessageInstructions,
  type Blockhash,
  compileTransactionMessage,
  compressTransactionMessageUsingAddressLookupTables,
  createTransactionMessage,
  getCompiledTransactionMessageEncoder,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeMessage } from './encode-message.ts'

const address = (seed: number): Address => base58.encode(new Uint8Array(32).fill(seed)) as Address
const key = fc.integer({ min: 0, max: 120 }).map(address)
const instruction = fc.record({
  programAddress: fc.integer({ min: 200, max: 205 }).map(address),
  accounts: fc.array(fc.record({ address: key, role: fc.integer({ min: 0, max: 1 }) as fc.Arbitrary<AccountRole> }), {
    maxLength: 40,
  }),
  data: fc.uint8Array({ maxLength: 300 }),
})
const table = fc.uniqueArray(key, { minLength: 1, maxLength: 60 })

test("the bytes are those of kit's own encoder, with and without lookup tables", () => {
  fc.assert(
    fc.property(
      fc.array(instruction, { maxLength: 6 }),
      fc.array(table, { maxLength: 2 }),
      fc.integer({ min: 0, max: 255 }),
      (instructions, tables, blockhash) => {
        const lifetime = { blockhash: address(blockhash) as string as Blockhash, lastValidBlockHeight: 0n }
        const empty = setTransactionMessageLifetimeUsingBlockhash(
          lifetime,
          setTransactionMessageFeePayer(address(250), createTransactionMessage({ version: 0 })),
        )
        const message = compressTransactionMessageUsingAddressLookupTables(
          appendTransactionMessageInstructions(instructions, empty),
          Object.fromEntries(tables.map((entries, index) => [address(220 + index), entries])),
        )
        const compiled = compileTransactionMessage(message)
        expect(encodeMessage(compiled)).toEqual(new Uint8Array(getCompiledTransactionMessageEncoder().encode(compiled)))
      },
    ),
    { numRuns: 300 },
  )
})

test.each(['', 'nonsense', address(1).slice(1), `${address(255)}1`, '0OIl'])('"%s" is no address', text => {
  const message = { version: 0, header: {}, staticAccounts: [text], instructions: [], lifetimeToken: address(1) }
  expect(() => encodeMessage(message as never)).toThrow(RangeError)
})
