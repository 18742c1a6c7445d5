import { deserialize, serialize } from 'node:v8'
import {
  AddressLookupTableProgram,
  ComputeBudgetProgram,
  Ed25519Program,
  Keypair,
  NONCE_ACCOUNT_LENGTH,
  NonceAccount,
  type PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js'
import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../time/virtual-clock.ts'
import { derivedKey } from '../derived-key.ts'
import type { KnownTransaction } from '../ledger-port.ts'
import { Ledger } from './ledger.ts'
import type { LedgerState, Outcome } from './ledger-state.ts'
import { parseMessage, parseWire } from './message/wire.ts'
import { BLOCKHASH_LIFE_BLOCKS, SLOT_MS, Slots } from './slots.ts'

const START_MS = Date.parse('2024-01-01T00:00:00Z')
const GENESIS = derivedKey('a genesis hash').address
const SYSTEM = SystemProgram.programId.toBase58()
const rich = Keypair.fromSeed(new Uint8Array(32).fill(1))
const to = Keypair.fromSeed(new Uint8Array(32).fill(2)).publicKey

let clock: VirtualClock
let ledger: Ledger

beforeEach(() => {
  clock = createVirtualClock({ start_ms: START_MS })
  ledger = new Ledger({ clock, genesisHash: GENESIS, start_ms: START_MS })
  ledger.setAccount(rich.publicKey.toBase58(), wallet(10n ** 13n))
  ledger.endGenesis()
})

function wallet(lamports: bigint): Parameters<Ledger['setAccount']>[1] {
  return { lamports, owner: SYSTEM, data: new Uint8Array(), executable: false }
}

function sign(
  instructions: TransactionInstruction[],
  signers = [rich],
  blockhash = ledger.latestBlockhash(),
): Uint8Array {
  const transaction = new Transaction().add(...instructions)
  transaction.feePayer = signers[0]!.publicKey
  transaction.recentBlockhash = blockhash
  transaction.sign(...signers)
  return new Uint8Array(transaction.serialize())
}

function transfer(lamports: number, destination = to): TransactionInstruction {
  return SystemProgram.transfer({ fromPubkey: rich.publicKey, toPubkey: destination, lamports })
}

function send(wire: Uint8Array): Outcome {
  return ledger.send(parseWire(wire), 'client')
}

function landed(outcome: Outcome): Extract<Outcome, { landed: true }>['transaction'] {
  if (!outcome.landed) throw new Error(`not landed: ${JSON.stringify(outcome.err)}`)
  return outcome.transaction
}

const balance = (key: PublicKey): bigint => ledger.account(key.toBase58())?.lamports ?? 0n

describe('slots and blockhashes', () => {
  it('make a slot of every 400 milliseconds, with its own blockhash', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e10 }), fc.integer({ min: 0, max: 1e10 }), (a, b) => {
        const slots = new Slots(GENESIS, START_MS)
        const [first, second] = [slots.slotAt(START_MS + a), slots.slotAt(START_MS + b)]
        expect(second - first).toBe(Math.floor(b / SLOT_MS) - Math.floor(a / SLOT_MS))
        expect(slots.slotAt(slots.timeOf_ms(first))).toBe(first)
        expect(slots.blockhashOf(first) === slots.blockhashOf(second)).toBe(first === second)
      }),
    )
  })

  it('can be computed again from genesis hash and slot, for exactly 150 blocks', () => {
    const hash = new Slots(GENESIS, START_MS).blockhashOf(447_600_000)
    const anew = new Slots(GENESIS, START_MS)
    expect(anew.slotOfRecentHash(hash, 447_600_000)).toBe(447_600_000)
    expect(anew.slotOfRecentHash(hash, 447_600_000 + BLOCKHASH_LIFE_BLOCKS)).toBe(447_600_000)
    expect(anew.slotOfRecentHash(hash, 447_600_000 + BLOCKHASH_LIFE_BLOCKS + 1)).toBeUndefined()
    expect(anew.slotOfRecentHash(hash, 447_599_999)).toBeUndefined()
    expect(new Slots(derivedKey('another').address, START_MS).slotOfRecentHash(hash, 447_600_000)).toBeUndefined()
  })

  it('let a transaction land in the last block of its blockhash and not in the next', async () => {
    const [first, second] = [sign([transfer(1_000_000)]), sign([transfer(2_000_000)])]
    await clock.advanceTo(START_MS + BLOCKHASH_LIFE_BLOCKS * SLOT_MS)
    expect(send(first).landed).toBe(true)
    await clock.advanceTo(START_MS + (BLOCKHASH_LIFE_BLOCKS + 1) * SLOT_MS)
    expect(send(second)).toMatchObject({ landed: false, err: 'BlockhashNotFound' })
  })
})

describe('a fork', () => {
  it('takes back what was not confirmed, to the unit, and lets the same bytes land again', async () => {
    const [early, late] = [sign([transfer(1_000_000)]), sign([transfer(2_000_000)])]
    send(early)
    await clock.advanceTo(START_MS + SLOT_MS)
    const fee = 5_000n
    landed(send(late))
    expect(balance(to)).toBe(3_000_000n)
    expect(ledger.takeBack().map(({ wire }) => wire)).toEqual([late])
    expect([balance(to), balance(rich.publicKey)]).toEqual([1_000_000n, 10n ** 13n - 1_000_000n - fee])
    expect(ledger.transactions.ofAddress(to.toBase58())).toHaveLength(1)
    await clock.advanceTo(START_MS + 2 * SLOT_MS)
    expect(ledger.view('confirmed').account(to.toBase58())?.lamports).toBe(1_000_000n)
    expect(send(early)).toMatchObject({ landed: false, err: 'AlreadyProcessed' })
    landed(send(late))
    expect(balance(to)).toBe(3_000_000n)
  })

  it('takes back an account that was opened, and leaves what is confirmed', async () => {
    landed(send(sign([transfer(1_000_000)])))
    expect(ledger.account(to.toBase58())).toBeDefined()
    ledger.takeBack()
    expect(ledger.account(to.toBase58())).toBeUndefined()
    landed(send(sign([transfer(5_000_000)])))
    await clock.advanceTo(START_MS + 3 * SLOT_MS)
    expect(ledger.takeBack()).toEqual([])
    expect(balance(to)).toBe(5_000_000n)
  })
})

describe('a transaction', () => {
  it('lands once: the same bytes again are refused', () => {
    const wire = sign([transfer(1_000_000)])
    expect(send(wire).landed).toBe(true)
    expect(send(wire)).toMatchObject({ landed: false, err: 'AlreadyProcessed' })
    expect(balance(to)).toBe(1_000_000n)
  })

  it('is refused with a signature that is not one, and changes nothing', () => {
    const wire = sign([transfer(1_000_000)])
    wire[10]! ^= 1
    expect(send(wire)).toMatchObject({ landed: false, err: 'SignatureFailure' })
    expect(balance(rich.publicKey)).toBe(10n ** 13n)
  })

  it.each([
    ['nothing else', () => [], 5_000n],
    ['a price alone', () => [ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1_000_001 })], 11_001n],
    [
      'a price and a limit',
      () => [
        ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 333_333 }),
        ComputeBudgetProgram.setComputeUnitLimit({ units: 77_777 }),
      ],
      5_000n + 25_926n,
    ],
    [
      'another signature checked by a program',
      () => [
        Ed25519Program.createInstructionWithPrivateKey({ privateKey: rich.secretKey, message: new Uint8Array([1]) }),
        ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1_000_000 }),
      ],
      10_000n + 9_000n,
    ],
  ])(
    'is charged to the lamport what the meta says, when it fails and when it succeeds, with %s',
    (_what, more, fee) => {
      const failed = landed(send(sign([...more(), transfer(1e14)])))
      expect(failed.err).toEqual({ InstructionError: [more().length, { Custom: 1 }] })
      expect(10n ** 13n - balance(rich.publicKey)).toBe(fee)
      expect(failed.fee).toBe(Number(fee))
      const succeeded = landed(send(sign([...more(), transfer(1_000_000)])))
      expect(succeeded.err).toBeNull()
      expect(10n ** 13n - balance(rich.publicKey)).toBe(2n * fee + 1_000_000n)
      expect(succeeded.postBalances[0]).toBe(balance(rich.publicKey))
    },
  )

  it('is charged when its program does not exist or is none, and says which', () => {
    const missing = new TransactionInstruction({ programId: Keypair.generate().publicKey, keys: [] })
    expect(landed(send(sign([missing]))).err).toBe('ProgramAccountNotFound')
    expect(balance(rich.publicKey)).toBe(10n ** 13n - 5_000n)
    send(sign([transfer(1_000_000)]))
    const none = new TransactionInstruction({ programId: to, keys: [] })
    expect(landed(send(sign([none]))).err).toBe('InvalidProgramForExecution')
    expect(balance(rich.publicKey)).toBe(10n ** 13n - 1_000_000n - 15_000n)
  })

  it('does not land when nobody can pay for it', () => {
    const poor = Keypair.generate()
    const outcome = send(
      sign([SystemProgram.transfer({ fromPubkey: poor.publicKey, toPubkey: to, lamports: 1 })], [poor]),
    )
    expect(outcome).toMatchObject({ landed: false, err: 'AccountNotFound' })
  })

  it('sees the time of its slot', async () => {
    await clock.advanceTo(START_MS + 86_400_000)
    ledger.slot()
    const sysvar = ledger.account('SysvarC1ock11111111111111111111111111111111')!
    const view = new DataView(sysvar.data.buffer, sysvar.data.byteOffset)
    expect(Number(view.getBigUint64(0, true))).toBe(ledger.slot())
    expect(Number(view.getBigInt64(32, true))).toBe((START_MS + 86_400_000) / 1_000)
  })

  it('through the port answers where it landed, or throws the reason with the logs', () => {
    expect(ledger.submit(sign([transfer(1_000_000)]))).toMatchObject({ slot: ledger.slot() })
    expect(() => ledger.submit(sign([transfer(1e14)]))).toThrow(
      expect.objectContaining({
        code: 'LOCALNET_TX_FAILED',
        message: 'Error processing Instruction 0: custom program error: 0x1',
        context: expect.objectContaining({ logs: expect.arrayContaining([expect.stringContaining('insufficient')]) }),
      }),
    )
  })

  it('is the only way to change an account after genesis', () => {
    expect(() => ledger.setAccount(to.toBase58(), wallet(1n))).toThrow(
      expect.objectContaining({ code: 'LOCALNET_GENESIS_OVER' }),
    )
    expect(() => ledger.addProgram(to.toBase58(), new Uint8Array())).toThrow(
      expect.objectContaining({ code: 'LOCALNET_GENESIS_OVER' }),
    )
  })
})

describe('commitments', () => {
  it('show an account as it was, until its change is confirmed and final', async () => {
    send(sign([transfer(1_000_000)]))
    const seen = (): (bigint | undefined)[] =>
      (['processed', 'confirmed', 'finalized'] as const).map(name => ledger.view(name).account(to.toBase58())?.lamports)
    expect(seen()).toEqual([1_000_000n, undefined, undefined])
    await clock.advanceTo(START_MS + SLOT_MS)
    expect(seen()).toEqual([1_000_000n, 1_000_000n, undefined])
    send(sign([transfer(2_000_000)]))
    expect(seen()).toEqual([3_000_000n, 1_000_000n, undefined])
    await clock.advanceTo(START_MS + 32 * SLOT_MS)
    expect(seen()).toEqual([3_000_000n, 3_000_000n, 1_000_000n])
    await clock.advanceTo(START_MS + 33 * SLOT_MS)
    expect(seen()).toEqual([3_000_000n, 3_000_000n, 3_000_000n])
  })

  it('agree with a full history of states, whatever is sent when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(3), fc.nat(20)), { maxLength: 25 }), async steps => {
        const ownClock = createVirtualClock({ start_ms: START_MS })
        const own = new Ledger({ clock: ownClock, genesisHash: GENESIS, start_ms: START_MS })
        own.setAccount(rich.publicKey.toBase58(), wallet(10n ** 13n))
        own.endGenesis()
        const targets = [10, 11, 12, 13].map(byte => Keypair.fromSeed(new Uint8Array(32).fill(byte)).publicKey)
        const history: { slot: number; balances: bigint[] }[] = []
        const balances = (): bigint[] => targets.map(key => own.account(key.toBase58())?.lamports ?? 0n)
        let amount = 1_000_000
        for (const [which, slots] of steps) {
          own.submit(sign([transfer(amount++, targets[which]!)], [rich], own.latestBlockhash()))
          history.push({ slot: own.slot(), balances: balances() })
          await ownClock.advanceTo(ownClock.now() + slots * SLOT_MS)
          for (const commitment of ['processed', 'confirmed', 'finalized'] as const) {
            const view = own.view(commitment)
            const expected = history.findLast(entry => entry.slot <= view.slot)?.balances ?? targets.map(() => 0n)
            expect(targets.map(key => view.account(key.toBase58())?.lamports ?? 0n)).toEqual(expected)
            const owned = new Set(view.ownedBy(SYSTEM).map(entry => entry.address))
            expect(targets.map(key => owned.has(key.toBase58()))).toEqual(expected.map(each => each > 0n))
          }
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('address lookup tables', () => {
  it('are made, extended and used, from the slot after', async () => {
    await clock.advanceTo(START_MS + 10 * SLOT_MS)
    const [create, table] = AddressLookupTableProgram.createLookupTable({
      authority: rich.publicKey,
      payer: rich.publicKey,
      recentSlot: ledger.slot() - 1,
    })
    const extend = AddressLookupTableProgram.extendLookupTable({
      authority: rich.publicKey,
      payer: rich.publicKey,
      lookupTable: table,
      addresses: [SystemProgram.programId, to],
    })
    ledger.submit(sign([create, extend]))
    const use = (): Outcome => {
      const message = new TransactionMessage({
        payerKey: rich.publicKey,
        recentBlockhash: ledger.latestBlockhash(),
        instructions: [transfer(1_000_000)],
      })
      const state = AddressLookupTableProgram.programId
      expect(ledger.account(table.toBase58())?.owner).toBe(state.toBase58())
      const transaction = new VersionedTransaction(
        message.compileToV0Message([
          {
            key: table,
            state: {
              addresses: [SystemProgram.programId, to],
              authority: rich.publicKey,
              deactivationSlot: 2n ** 64n - 1n,
              lastExtendedSlot: 0,
              lastExtendedSlotStartIndex: 0,
            },
            isActive: () => true,
          },
        ]),
      )
      transaction.sign([rich])
      return send(transaction.serialize())
    }
    expect(use()).toMatchObject({ landed: false, err: 'InvalidAddressLookupTableIndex' })
    await clock.advanceTo(START_MS + 11 * SLOT_MS)
    const transaction = landed(use())
    expect(transaction.err).toBeNull()
    expect(transaction.loaded).toEqual({ writable: [to.toBase58()], readonly: [] })
    expect(transaction.keys).toEqual([rich.publicKey.toBase58(), SYSTEM, to.toBase58()])
    expect(transaction.postBalances[2]! - transaction.preBalances[2]!).toBe(1_000_000n)
  })
})

describe('durable nonces', () => {
  it('stand in for a blockhash however old, once', async () => {
    const nonce = Keypair.generate()
    const setup = SystemProgram.createNonceAccount({
      fromPubkey: rich.publicKey,
      noncePubkey: nonce.publicKey,
      authorizedPubkey: rich.publicKey,
      lamports: Number(ledger.minimumBalance(NONCE_ACCOUNT_LENGTH)),
    })
    ledger.submit(sign(setup.instructions, [rich, nonce]))
    const value = NonceAccount.fromAccountData(Buffer.from(ledger.account(nonce.publicKey.toBase58())!.data)).nonce
    const advance = SystemProgram.nonceAdvance({ noncePubkey: nonce.publicKey, authorizedPubkey: rich.publicKey })
    const [first, second] = [1_000_000, 2_000_000].map(amount => sign([advance, transfer(amount)], [rich], value))
    await clock.advanceTo(START_MS + 1_000 * SLOT_MS)
    expect(landed(send(first!)).err).toBeNull()
    expect(send(second!)).toMatchObject({ landed: false, err: 'BlockhashNotFound' })
    expect(balance(to)).toBe(1_000_000n)
  })
})

describe('a snapshot', () => {
  it('with the records since then is the same ledger, nonces included', async () => {
    const nonce = Keypair.generate()
    const setup = SystemProgram.createNonceAccount({
      fromPubkey: rich.publicKey,
      noncePubkey: nonce.publicKey,
      authorizedPubkey: rich.publicKey,
      lamports: 2_000_000,
    })
    const advance = SystemProgram.nonceAdvance({ noncePubkey: nonce.publicKey, authorizedPubkey: rich.publicKey })
    ledger.submit(sign(setup.instructions, [rich, nonce]))
    const state = structuredClone(ledger.state())
    const records: Parameters<Ledger['replay']>[0][] = []
    ledger.onRecord(record => {
      if ('wire' in record) records.push(record)
    })
    for (let index = 0; index < 10; index++) {
      await clock.advanceTo(clock.now() + index * SLOT_MS)
      ledger.simulate(parseWire(sign([advance, transfer(3_000_000)])), { verifySignatures: true, blockhash: 'any' })
      send(sign(index % 3 === 2 ? [advance] : [transfer(index % 3 === 1 ? 1e14 : 1_000_000 + index)]))
    }
    const again = new Ledger({ clock, genesisHash: GENESIS, start_ms: START_MS, state })
    for (const record of records) again.replay(record)
    expect(records.length).toBeGreaterThan(5)
    expect(again.transactions.all()).toEqual(ledger.transactions.all())
    for (const key of [nonce.publicKey, rich.publicKey, to]) {
      expect(again.account(key.toBase58())).toEqual(ledger.account(key.toBase58()))
      expect(again.view('finalized').account(key.toBase58())).toEqual(ledger.view('finalized').account(key.toBase58()))
    }
  })
})

describe('a transaction whose effect is known', () => {
  const known = (paid: bigint): KnownTransaction => {
    const wire = (blockhash: string) => sign([transfer(1_000_000)], [rich], blockhash)
    const { message } = parseWire(wire(ledger.latestBlockhash()))
    const from = ledger.account(rich.publicKey.toBase58())!
    return {
      keys: message.staticKeys,
      writable: message.staticKeys.slice(0, 2),
      fee: 5_000,
      after: new Map([
        [rich.publicKey.toBase58(), { ...from, lamports: from.lamports - 1_005_000n }],
        [to.toBase58(), { ...from, lamports: (ledger.account(to.toBase58())?.lamports ?? 0n) + paid }],
      ]),
      record: new Uint8Array(),
      sign: wire,
    }
  }

  it('lands with that effect, and is in history as if it had been sent', () => {
    ledger.land(known(1_000_000n))
    expect(balance(to)).toBe(1_000_000n)
    const [landed] = ledger.transactions.all()
    expect(ledger.transactions.get(landed!.signature)).toBe(landed)
    expect(landed!.logs).toContain('Program 11111111111111111111111111111111 success')
    // The machine has it as well: what is sent after builds on it.
    expect(send(sign([transfer(2_000_000)]))).toMatchObject({ landed: true })
    expect(balance(to)).toBe(3_000_000n)
    expect(ledger.send(parseWire(landed!.wire), 'client')).toMatchObject({ landed: false, err: 'AlreadyProcessed' })
  })

  it('is in a snapshot unsigned and not executed, and is the same after it', () => {
    const transaction = known(1_000_000n)
    const sign = vi.fn(transaction.sign)
    ledger.land({ ...transaction, record: Uint8Array.of(7), sign })
    const state = deserialize(serialize(ledger.state())) as LedgerState
    expect(sign).not.toHaveBeenCalled()
    const signKnown = vi.fn((_record: Uint8Array, blockhash: string) => transaction.sign(blockhash))
    const again = new Ledger({ clock, genesisHash: GENESIS, start_ms: START_MS, state, signKnown })
    expect(signKnown).not.toHaveBeenCalled()
    expect(again.transactions.all()).toEqual(ledger.transactions.all())
    expect(signKnown).toHaveBeenCalledWith(Uint8Array.of(7), expect.any(String))
    const [landed] = ledger.transactions.all()
    expect(again.transactions.get(landed!.signature)).toMatchObject({ logs: landed!.logs, slot: landed!.slot })
  })

  it('and whose effect is another is found out by whoever looks', () => {
    ledger.land(known(999_999n))
    const [landed] = ledger.transactions.all()
    expect(() => landed!.logs).toThrow(expect.objectContaining({ code: 'LOCALNET_TX_FAILED' }))
    expect(balance(to)).toBe(999_999n)
  })

  it('is taken back with its slot', async () => {
    ledger.land(known(1_000_000n))
    expect(ledger.takeBack()).toHaveLength(1)
    expect(balance(to)).toBe(0n)
    expect(ledger.transactions.all()).toEqual([])
    expect(
      ledger.simulate(parseWire(sign([transfer(1_000_000)])), { verifySignatures: true, blockhash: 'any' }).err,
    ).toBeNull()
    expect(send(sign([transfer(1_500_000)]))).toMatchObject({ landed: true })
    expect(balance(to)).toBe(1_500_000n)
  })
})

describe('wire bytes', () => {
  it('over 1,232 are refused', () => {
    expect(() => parseWire(new Uint8Array(1_233))).toThrow(
      expect.objectContaining({ code: 'LOCALNET_WIRE_INVALID', context: { reason: 'too-large' } }),
    )
  })

  it('are taken apart as web3.js takes them apart', () => {
    const wire = sign([transfer(1), transfer(2), ComputeBudgetProgram.setComputeUnitLimit({ units: 7 })])
    const theirs = Transaction.from(wire)
    const { message, signatures } = parseWire(wire)
    expect(signatures).toHaveLength(theirs.signatures.length)
    const compiled = theirs.compileMessage()
    expect(message.staticKeys).toEqual(compiled.accountKeys.map(key => key.toBase58()))
    expect(message.blockhash).toBe(theirs.recentBlockhash)
    expect(message.instructions.map(each => [each.programIdIndex, [...each.accounts]])).toEqual(
      compiled.instructions.map(each => [each.programIdIndex, each.accounts]),
    )
    expect(parseMessage(new Uint8Array(compiled.serialize()))).toEqual(message)
  })

  it('that are damaged are refused or survive the machine, which aborts the process on what it can not read', () => {
    const good = sign([transfer(1_000_000), transfer(2_000_000)])
    let parsed = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: -3, max: 3 }),
        (changes, longer) => {
          let wire = Uint8Array.from(good)
          for (const [at, byte] of changes) wire[at] = byte
          if (longer < 0) wire = wire.slice(0, longer)
          if (longer > 0) wire = Uint8Array.from([...wire, ...new Array<number>(longer).fill(0)])
          try {
            const transaction = parseWire(wire)
            ledger.simulate(transaction, { verifySignatures: false, blockhash: 'any' })
            parsed++
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'LOCALNET_WIRE_INVALID' })
          }
        },
      ),
      { numRuns: 2_000 },
    )
    expect(parsed).toBeGreaterThan(100)
  })
})
