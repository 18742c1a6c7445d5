import { PublicKey, VersionedTransaction } from '@solana/web3.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instruction } from '../../plugin/venue.ts'
import { Wallet } from '../wallet/wallet.ts'
import { type ComposeRequest, compose, signDraft } from './compose.ts'
import { limitFor, priorityFee_lamports } from './compute-budget.ts'
import { staticKeys } from './wire-keys.ts'

const wallet = Wallet.fromSeed(new Uint8Array(32).fill(3))
const addressOf = (byte: number): string => new PublicKey(new Uint8Array(32).fill(byte)).toBase58()
const BLOCKHASH = addressOf(200)

function request(instructions: readonly Instruction[], more: Partial<ComposeRequest> = {}): ComposeRequest {
  return {
    instructions,
    payer: wallet.publicKey,
    blockhash: BLOCKHASH,
    tables: {},
    price_microLamports: 10_000n,
    salt: 1,
    ...more,
  }
}

function swap(accounts: number, more: Partial<Instruction> = {}): Instruction {
  return {
    programId: addressOf(99),
    accounts: Array.from({ length: accounts }, (_, index) => ({
      address: addressOf(index + 1),
      signer: false,
      writable: index % 2 === 0,
    })),
    data: new Uint8Array([9, 8, 7]),
    ...more,
  }
}

const parse = (wire: Uint8Array): VersionedTransaction => VersionedTransaction.deserialize(wire)

describe('a composed transaction', () => {
  it('is read by web3.js as what was asked: budget first, then the instructions', () => {
    const draft = compose(request([swap(3), swap(1)]))
    draft.setComputeUnitLimit(123_456)
    const { message } = parse(signDraft(draft, wallet).wire)
    expect(message.recentBlockhash).toBe(BLOCKHASH)
    const [limit, loaded, price, ...rest] = message.compiledInstructions.map(({ data }) => Buffer.from(data))
    expect([limit?.[0], limit?.readUInt32LE(1)]).toEqual([2, 123_456])
    expect([loaded?.[0], loaded?.readUInt32LE(1)]).toEqual([4, 64 * 1024 * 1024 - 1])
    expect([price?.[0], price?.readBigUInt64LE(1)]).toEqual([3, 10_000n])
    expect(rest).toHaveLength(2)
    expect(message.staticAccountKeys[0]?.toBase58()).toBe(wallet.publicKey)
  })

  it('sets the limit and nothing else, however many keys there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 28 }), fc.integer({ min: 1, max: 1_400_000 }), (accounts, units) => {
        const plain = compose(request([swap(accounts)]))
        const limited = compose(request([swap(accounts)]))
        limited.setComputeUnitLimit(units)
        const { compiledInstructions } = parse(limited.wire).message
        expect(Buffer.from(compiledInstructions[0]!.data).readUInt32LE(1)).toBe(units)
        limited.setComputeUnitLimit(1_400_000)
        expect(limited.wire).toEqual(plain.wire)
      }),
    )
  })

  it('carries the wallet’s signature, and differs by its salt alone', () => {
    const one = signDraft(compose(request([swap(3)])), wallet)
    const two = signDraft(compose(request([swap(3)], { salt: 2 })), wallet)
    expect(one.signature).not.toBe(two.signature)
    expect(one.wire.length).toBe(two.wire.length)
    expect(Buffer.from(parse(one.wire).signatures[0]!)).toEqual(Buffer.from(one.wire.subarray(1, 65)))
  })

  it('shortens accounts by lookup tables, which web3.js resolves to the same', () => {
    const table = addressOf(150)
    const addresses = Array.from({ length: 20 }, (_, index) => addressOf(index + 1))
    const long = compose(request([swap(20)]))
    const short = compose(request([swap(20)], { tables: { [table]: addresses } }))
    expect(short.wire.length).toBeLessThan(long.wire.length - 500)
    const lookup = parse(short.wire).message.addressTableLookups[0]
    expect(lookup?.accountKey.toBase58()).toBe(table)
    expect([...(lookup?.writableIndexes ?? []), ...(lookup?.readonlyIndexes ?? [])]).toHaveLength(20)
  })

  it('is refused when it is too large, and when somebody else must sign', () => {
    expect(() => compose(request([swap(60)]))).toThrow(expect.objectContaining({ code: 'TX_TOO_LARGE' }))
    const foreign = swap(0, { accounts: [{ address: addressOf(1), signer: true, writable: false }] })
    expect(() => compose(request([foreign]))).toThrow(expect.objectContaining({ code: 'TX_INVALID' }))
    expect(() => compose(request([swap(1, { programId: 'nonsense' })]))).toThrow(
      expect.objectContaining({ code: 'TX_INVALID' }),
    )
  })

  it('names its keys in the order of its bytes', () => {
    const { wire } = compose(request([swap(5)]))
    expect(staticKeys(wire)).toEqual(parse(wire).message.staticAccountKeys.map(key => key.toBase58()))
  })
})

describe('the compute budget', () => {
  it('leaves a fifth of room, up to the most there is', () => {
    expect([limitFor(1000), limitFor(1001), limitFor(1_300_000)]).toEqual([1200, 1202, 1_400_000])
  })

  it('rounds the priority fee up, on the limit', () => {
    expect([priorityFee_lamports(24_126, 10_000n), priorityFee_lamports(1, 1n), priorityFee_lamports(9, 0n)]).toEqual([
      242n,
      1n,
      0n,
    ])
  })
})
