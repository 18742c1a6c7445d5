import {
  Connection,
  Keypair,
  PublicKey,
  SendTransactionError,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../time/virtual-clock.ts'
import { associatedTokenAddress } from '../derived-address.ts'
import { TOKEN_PROGRAM } from '../ledger/token-account.ts'
import { createLocalnet, type Localnet } from '../localnet.ts'
import { marketPools } from '../market/pools.ts'
import { localToken } from '../market/tokens.ts'
import { SWAP_PROGRAM } from '../program/swap-program.ts'
import { RPC_METHODS } from './methods.ts'

const rich = Keypair.fromSeed(new Uint8Array(32).fill(3))
const owner = rich.publicKey.toBase58()
const to = Keypair.fromSeed(new Uint8Array(32).fill(4)).publicKey
const usdc = localToken('USDC').mint
const holding = associatedTokenAddress(owner as typeof usdc, usdc)

let clock: VirtualClock
let localnet: Localnet
let connection: Connection

beforeEach(async () => {
  clock = createVirtualClock({ start_ms: Date.parse('2025-01-01T00:00:00Z') })
  localnet = await createLocalnet({
    clock,
    seed: 'rpc test',
    fund: [{ owner, lamports: 10n ** 12n, tokens: [{ symbol: 'USDC', units: 1_500_000n }] }],
  })
  connection = new Connection(localnet.rpcUrl, { fetch: localnet.fetch as typeof fetch, commitment: 'confirmed' })
})

afterEach(() => localnet.close())

async function raw(body: unknown): Promise<Record<string, unknown>> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await localnet.fetch(localnet.rpcUrl, { method: 'POST', body: text })
  return (await response.json()) as Record<string, unknown>
}

async function answer(method: string, ...params: unknown[]): Promise<Record<string, unknown>> {
  return raw({ jsonrpc: '2.0', id: 1, method, params })
}

async function result<T = unknown>(method: string, ...params: unknown[]): Promise<T> {
  return (await answer(method, ...params))['result'] as T
}

async function value<T = unknown>(method: string, ...params: unknown[]): Promise<T> {
  return (await result<{ value: T }>(method, ...params)).value
}

function transfer(lamports: number): TransactionInstruction {
  return SystemProgram.transfer({ fromPubkey: rich.publicKey, toPubkey: to, lamports })
}

async function signed(...instructions: TransactionInstruction[]): Promise<Buffer> {
  const transaction = new Transaction({ ...(await connection.getLatestBlockhash()), feePayer: rich.publicKey })
  transaction.add(...instructions).sign(rich)
  return transaction.serialize()
}

async function nextSlots(count: number): Promise<void> {
  await clock.advanceTo(clock.now() + count * 400)
}

describe('JSON-RPC', () => {
  it.each([
    ['text that is not JSON', '{', { code: -32700 }],
    ['a number', 7, { code: -32600 }],
    ['an empty batch', [], { code: -32600 }],
    ['no version', { id: 1, method: 'getHealth' }, { code: -32600 }],
    ['an unknown method', { jsonrpc: '2.0', id: 1, method: 'toString' }, { code: -32601, message: 'Method not found' }],
    ['parameters by name', { jsonrpc: '2.0', id: 1, method: 'getSlot', params: {} }, { code: -32602 }],
  ])('refuses %s with the code of the standard', async (_what, body, error) => {
    expect(await raw(body)).toMatchObject({ jsonrpc: '2.0', error })
  })

  it('offers every method that the documentation promises', () => {
    const promised =
      'getAccountInfo getMultipleAccounts getProgramAccounts getBalance getTokenAccountBalance getTokenAccountsByOwner ' +
      'getLatestBlockhash isBlockhashValid getBlockHeight getBlock getBlockTime getFirstAvailableBlock getSlot ' +
      'getEpochInfo getHealth getVersion getGenesisHash getFeeForMessage getMinimumBalanceForRentExemption ' +
      'getRecentPrioritizationFees getRecentPerformanceSamples getSlotLeaders getSignatureStatuses ' +
      'getSignaturesForAddress getTransaction simulateTransaction sendTransaction requestAirdrop'
    expect(promised.split(' ').filter(name => !(name in RPC_METHODS))).toEqual([])
  })
})

describe('accounts', () => {
  it('come in base58, base64 and jsonParsed, whole or in part', async () => {
    const data = Buffer.from(localnet.ledger.account(holding)!.data)
    const parsed = await value<{ data: unknown }>('getAccountInfo', holding, { encoding: 'jsonParsed' })
    expect(parsed.data).toEqual({
      parsed: {
        info: {
          isNative: false,
          mint: usdc,
          owner,
          state: 'initialized',
          tokenAmount: { amount: '1500000', decimals: 6, uiAmount: 1.5, uiAmountString: '1.5' },
        },
        type: 'account',
      },
      program: 'spl-token',
      space: 165,
    })
    expect(await value('getAccountInfo', holding, { encoding: 'base64' })).toEqual({
      data: [data.toString('base64'), 'base64'],
      executable: false,
      lamports: 2_039_280,
      owner: TOKEN_PROGRAM,
      rentEpoch: 18446744073709552000,
      space: 165,
    })
    const dataSlice = { offset: 32, length: 32 }
    expect(await value('getAccountInfo', holding, { encoding: 'base58', dataSlice })).toMatchObject({
      data: [owner, 'base58'],
    })
    expect(await value('getAccountInfo', holding, { dataSlice })).toMatchObject({ data: owner })
    expect((await answer('getAccountInfo', holding))['error']).toMatchObject({ code: -32600 })
    expect((await answer('getAccountInfo', holding, { encoding: 'base64+zstd' }))['error']).toMatchObject({
      code: -32602,
    })
    const mint = await value<{ data: { parsed: unknown } }>('getAccountInfo', usdc, { encoding: 'jsonParsed' })
    expect(mint.data.parsed).toMatchObject({ type: 'mint', info: { decimals: 6, isInitialized: true } })
  })

  it('are null when there are none, and balances zero', async () => {
    expect(await value('getAccountInfo', to.toBase58())).toBeNull()
    expect(await value('getBalance', to.toBase58())).toBe(0)
    expect(await value('getMultipleAccounts', [to.toBase58(), holding])).toMatchObject([null, { owner: TOKEN_PROGRAM }])
  })

  it.each([
    ['an address that is too short', ['getBalance', 'abc'], 'Invalid param: WrongSize'],
    ['one that is not base58', ['getBalance', '0'.repeat(44)], 'Invalid param: Invalid'],
    ['too many addresses', ['getMultipleAccounts', new Array(101).fill(owner)], 'Too many inputs provided; max 100'],
    ['a token balance of a wallet', ['getTokenAccountBalance', owner], 'Invalid param: not a Token account'],
    ['token accounts without a filter', ['getTokenAccountsByOwner', owner, {}], 'Invalid params: expected an object'],
    ['an unknown encoding', ['getAccountInfo', owner, { encoding: 'hex' }], 'Invalid params: unknown variant `hex`'],
    ['an unknown commitment', ['getBalance', owner, { commitment: 'sure' }], 'Invalid params: unknown variant `sure`'],
  ] as const)('are refused for %s', async (_what, [method, ...params], message) => {
    expect((await answer(method, ...params))['error']).toMatchObject({
      code: -32602,
      message: expect.stringContaining(message),
    })
  })

  it('of a program are found by size, bytes and kind', async () => {
    const find = (filters: unknown[]): Promise<{ pubkey: string }[]> =>
      result('getProgramAccounts', TOKEN_PROGRAM, { filters, encoding: 'base64', dataSlice: { offset: 0, length: 0 } })
    const mine = await find([{ dataSize: 165 }, { memcmp: { offset: 32, bytes: owner } }])
    expect(mine.map(each => each.pubkey)).toEqual([holding])
    const bytes = Buffer.from(rich.publicKey.toBytes())
    expect(await find([{ memcmp: { offset: 32, bytes: bytes.toString('base64'), encoding: 'base64' } }])).toHaveLength(
      1,
    )
    const mints = await find([{ dataSize: 82 }])
    expect(mints.map(each => each.pubkey)).toContain(usdc)
    expect((await find(['tokenAccountState'])).length).toBe((await find([{ dataSize: 165 }])).length)
    expect((await answer('getProgramAccounts', TOKEN_PROGRAM, { filters: [{ size: 1 }] }))['error']).toMatchObject({
      code: -32602,
    })
    const listed = await connection.getTokenAccountsByOwner(rich.publicKey, { mint: new PublicKey(usdc) })
    expect(listed.value.map(each => each.pubkey.toBase58())).toEqual([holding])
    const largest = await connection.getTokenLargestAccounts(new PublicKey(usdc))
    const amounts = largest.value.map(each => BigInt(each.amount))
    expect(amounts).toEqual(amounts.toSorted((a, b) => (a < b ? 1 : -1)))
    expect(largest.value.map(each => each.address.toBase58())).toContain(holding)
    expect((await connection.getTokenSupply(new PublicKey(usdc))).value.amount).toBe(
      amounts.reduce((a, b) => a + b).toString(),
    )
    expect(await value('getTokenAccountBalance', holding)).toMatchObject({ amount: '1500000', uiAmountString: '1.5' })
  })
})

describe('commitments', () => {
  it('have slots, heights and blockhashes of their own, and minContextSlot holds them to it', async () => {
    const slots = await Promise.all(
      ['processed', 'confirmed', undefined].map(commitment => result<number>('getSlot', { commitment })),
    )
    expect(slots).toEqual([slots[0], slots[0]! - 1, slots[0]! - 32])
    const latest = await value<{ blockhash: string; lastValidBlockHeight: number }>('getLatestBlockhash')
    expect(latest.lastValidBlockHeight).toBe((await result<number>('getBlockHeight')) + 150)
    expect(await value('isBlockhashValid', latest.blockhash)).toBe(true)
    const newest = await value<{ blockhash: string }>('getLatestBlockhash', { commitment: 'processed' })
    expect(await value('isBlockhashValid', newest.blockhash, { commitment: 'confirmed' })).toBe(false)
    expect((await answer('getBalance', owner, { minContextSlot: slots[0] }))['error']).toEqual({
      code: -32016,
      message: 'Minimum context slot has not been reached',
      data: { contextSlot: slots[2] },
    })
    expect(await answer('getBalance', owner, { minContextSlot: slots[0], commitment: 'processed' })).toHaveProperty(
      'result',
    )
  })

  it('show in the statuses of a signature, which needs a search of the history when it is old', async () => {
    const signature = await connection.sendRawTransaction(await signed(transfer(1_000_000)))
    const status = async (config?: object): Promise<unknown> =>
      (await value<unknown[]>('getSignatureStatuses', [signature], config))[0]
    expect(await status()).toMatchObject({
      confirmationStatus: 'processed',
      confirmations: 0,
      err: null,
      status: { Ok: null },
    })
    expect(await result('getTransaction', signature, { commitment: 'confirmed' })).toBeNull()
    await nextSlots(1)
    expect(await status()).toMatchObject({ confirmationStatus: 'confirmed', confirmations: 1 })
    await nextSlots(31)
    expect(await status()).toMatchObject({ confirmationStatus: 'finalized', confirmations: null })
    await nextSlots(1_000)
    expect(await status()).toBeNull()
    expect(await status({ searchTransactionHistory: true })).toMatchObject({ confirmationStatus: 'finalized' })
  })
})

describe('sendTransaction', () => {
  it('answers a failed preflight as a node does, with the reason and the logs', async () => {
    const wire = await signed(transfer(1e15))
    const failed = await answer('sendTransaction', wire.toString('base64'), {
      encoding: 'base64',
      preflightCommitment: 'confirmed',
    })
    expect(failed['error']).toEqual({
      code: -32002,
      message: 'Transaction simulation failed: Error processing Instruction 0: custom program error: 0x1',
      data: {
        accounts: null,
        err: { InstructionError: [0, { Custom: 1 }] },
        fee: 5_000,
        innerInstructions: null,
        loadedAddresses: null,
        logs: expect.arrayContaining(['Program 11111111111111111111111111111111 invoke [1]']),
        postBalances: null,
        postTokenBalances: null,
        preBalances: null,
        preTokenBalances: null,
        replacementBlockhash: null,
        returnData: null,
        unitsConsumed: 150,
      },
    })
    const thrown = await connection.sendRawTransaction(wire).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(SendTransactionError)
  })

  it('refuses bytes that are too many, too few, or wrongly signed', async () => {
    const send = async (wire: Buffer, more = {}): Promise<unknown> =>
      (await answer('sendTransaction', wire.toString('base64'), { encoding: 'base64', ...more }))['error']
    expect(await send(Buffer.alloc(1_300))).toMatchObject({
      code: -32602,
      message: expect.stringContaining('too large'),
    })
    expect(await send(Buffer.alloc(20))).toMatchObject({ code: -32602 })
    const wire = await signed(transfer(1_000_000))
    wire[5]! ^= 1
    const error = { code: -32003, message: 'Transaction signature verification failure' }
    expect(await send(wire)).toEqual(error)
    expect(await send(wire, { skipPreflight: true })).toBeUndefined()
    expect(localnet.ledger.transactions.all().filter(each => each.source === 'client')).toEqual([])
  })

  it('takes base58, which is the standard, and the same bytes twice without preflight', async () => {
    const wire = await signed(transfer(1_000_000))
    const { base58 } = await import('@scure/base')
    const first = await result('sendTransaction', base58.encode(wire), { preflightCommitment: 'confirmed' })
    expect(await result('sendTransaction', base58.encode(wire), { skipPreflight: true, maxRetries: 0 })).toBe(first)
    const again = await answer('sendTransaction', base58.encode(wire), { preflightCommitment: 'confirmed' })
    expect(again['error']).toMatchObject({
      code: -32002,
      message: 'Transaction simulation failed: This transaction has already been processed',
      data: { err: 'AlreadyProcessed' },
    })
    expect(localnet.ledger.account(to.toBase58())?.lamports).toBe(1_000_000n)
  })

  it('knows in preflight only the blockhashes of the preflight commitment, as a node does', async () => {
    const wire = (await signed(transfer(1_000_000))).toString('base64')
    const refused = await answer('sendTransaction', wire, { encoding: 'base64' })
    expect(refused['error']).toMatchObject({ code: -32002, data: { err: 'BlockhashNotFound' } })
    expect(
      await answer('sendTransaction', wire, { encoding: 'base64', preflightCommitment: 'confirmed' }),
    ).toHaveProperty('result')
  })

  it('drops without a word what can not land, when there is no preflight', async () => {
    const wire = await signed(transfer(1_000_000))
    await nextSlots(200)
    const signature = await result<string>('sendTransaction', wire.toString('base64'), {
      encoding: 'base64',
      skipPreflight: true,
    })
    expect(await value('getSignatureStatuses', [signature], { searchTransactionHistory: true })).toEqual([null])
  })
})

describe('simulateTransaction', () => {
  it('needs neither signature nor blockhash when told so, and gives accounts, units and inner instructions', async () => {
    const message = new TransactionMessage({
      payerKey: rich.publicKey,
      recentBlockhash: PublicKey.default.toBase58(),
      instructions: [transfer(1_000_000)],
    }).compileToV0Message()
    const unsigned = new VersionedTransaction(message)
    const { value: simulated } = await connection.simulateTransaction(unsigned, {
      replaceRecentBlockhash: true,
      innerInstructions: true,
      accounts: { encoding: 'base64', addresses: [to.toBase58(), Keypair.generate().publicKey.toBase58()] },
    })
    expect(simulated).toMatchObject({ err: null, unitsConsumed: 150, innerInstructions: [] })
    expect(simulated.accounts).toMatchObject([{ lamports: 1_000_000, owner: SystemProgram.programId.toBase58() }, null])
    expect(localnet.ledger.account(to.toBase58())).toBeUndefined()
    const strict = { encoding: 'base64', sigVerify: true }
    const wire = Buffer.from(unsigned.serialize()).toString('base64')
    expect(await value('simulateTransaction', wire, { encoding: 'base64' })).toMatchObject({ err: 'BlockhashNotFound' })
    expect(
      (await answer('simulateTransaction', wire, { ...strict, replaceRecentBlockhash: true }))['error'],
    ).toMatchObject({ code: -32602 })
    const good = await signed(transfer(1))
    good[3]! ^= 1
    expect(
      (await answer('simulateTransaction', good.toString('base64'), { ...strict, commitment: 'confirmed' }))['error'],
    ).toMatchObject({ code: -32003 })
  })
})

describe('a simulation and the landing after it', () => {
  it('tell the same balances before and after, and the same fee', async () => {
    const wire = (await signed(transfer(2_000_000))).toString('base64')
    const told = await value<Record<string, unknown>>('simulateTransaction', wire, {
      encoding: 'base64',
      commitment: 'confirmed',
    })
    const signature = await result<string>('sendTransaction', wire, { encoding: 'base64', skipPreflight: true })
    await nextSlots(3)
    const { meta } = await result<{ meta: Record<string, unknown> }>('getTransaction', signature, {
      commitment: 'confirmed',
      maxSupportedTransactionVersion: 0,
    })
    for (const name of [
      'fee',
      'preBalances',
      'postBalances',
      'preTokenBalances',
      'postTokenBalances',
      'loadedAddresses',
    ])
      expect([name, told[name]]).toEqual([name, meta[name]])
    expect(told['preBalances']).not.toEqual(told['postBalances'])
  })
})

describe('history', () => {
  it('of an address goes back page by page', async () => {
    const signatures: string[] = []
    for (let index = 0; index < 5; index++) {
      signatures.unshift(await connection.sendRawTransaction(await signed(transfer(1_000_000 + index))))
      await nextSlots(1)
    }
    const page = async (config: object): Promise<string[]> =>
      (
        await result<{ signature: string }[]>('getSignaturesForAddress', to.toBase58(), {
          commitment: 'confirmed',
          ...config,
        })
      ).map(each => each.signature)
    expect(await page({})).toEqual(signatures)
    expect(await page({ limit: 2 })).toEqual(signatures.slice(0, 2))
    expect(await page({ before: signatures[1] })).toEqual(signatures.slice(2))
    expect(await page({ before: signatures[0], until: signatures[3] })).toEqual(signatures.slice(1, 3))
    expect((await answer('getSignaturesForAddress', owner, { limit: 1_001 }))['error']).toMatchObject({ code: -32602 })
    expect((await answer('getSignaturesForAddress', owner, { commitment: 'processed' }))['error']).toMatchObject({
      code: -32602,
    })
  })

  it('tells a transaction in every encoding, and refuses a version that was not asked for', async () => {
    const { blockhash } = await connection.getLatestBlockhash()
    const message = new TransactionMessage({
      payerKey: rich.publicKey,
      recentBlockhash: blockhash,
      instructions: [transfer(1_000_000)],
    })
    const transaction = new VersionedTransaction(message.compileToV0Message())
    transaction.sign([rich])
    const signature = await connection.sendTransaction(transaction)
    await nextSlots(1)
    const get = (config: object): Promise<Record<string, unknown>> =>
      answer('getTransaction', signature, { commitment: 'confirmed', ...config })
    expect((await get({}))['error']).toMatchObject({ code: -32015 })
    const version = { maxSupportedTransactionVersion: 0 }
    expect((await get({ ...version, encoding: 'base64' }))['result']).toMatchObject({
      version: 0,
      blockTime: 1_735_689_600,
      transaction: [Buffer.from(transaction.serialize()).toString('base64'), 'base64'],
      meta: { preBalances: [10 ** 12, 0, 1], postBalances: [10 ** 12 - 1_005_000, 1_000_000, 1], fee: 5_000 },
    })
    expect((await get({ ...version, encoding: 'jsonParsed' }))['result']).toMatchObject({
      transaction: {
        message: { accountKeys: [{ pubkey: owner, signer: true, writable: true, source: 'transaction' }, {}, {}] },
      },
    })
    const slot = localnet.ledger.slot() - 1
    const block = { ...version, commitment: 'confirmed', rewards: false }
    expect(await result('getBlock', slot, { ...block, transactionDetails: 'signatures' })).toMatchObject({
      signatures: expect.arrayContaining([signature]),
    })
    expect(await result('getBlock', slot, { ...block, transactionDetails: 'none' })).not.toHaveProperty('transactions')
    expect(
      (await result<{ transactions: unknown[] }>('getBlock', slot, { ...block, transactionDetails: 'accounts' }))
        .transactions,
    ).toContainEqual(
      expect.objectContaining({ transaction: { accountKeys: expect.any(Array), signatures: [signature] } }),
    )
  })

  it.each([
    [(newest: number) => newest + 1, -32004],
    [() => 5, -32007],
  ])('has no block that is to come or was before the chain', async (slotOf, code) => {
    expect((await answer('getBlock', slotOf(localnet.ledger.slot())))['error']).toMatchObject({ code })
    expect((await answer('getBlockTime', slotOf(localnet.ledger.slot())))['error']).toMatchObject({ code })
  })

  it('shows the swaps of the market with the token balances they changed', async () => {
    await clock.advanceTo(clock.now() + 600_000)
    const swap = localnet.ledger.transactions.all().at(-1)!
    await nextSlots(1)
    const { meta } = await result<{
      meta: Record<'preTokenBalances' | 'postTokenBalances', ShownBalance[]> & { innerInstructions: unknown[] }
    }>('getTransaction', swap.signature, { maxSupportedTransactionVersion: 0, commitment: 'confirmed' })
    const movedOf = new Map<string, bigint[]>()
    meta.postTokenBalances.forEach((post, index) => {
      const moved = BigInt(post.uiTokenAmount.amount) - BigInt(meta.preTokenBalances[index]!.uiTokenAmount.amount)
      movedOf.set(post.mint, [...(movedOf.get(post.mint) ?? []), moved])
    })
    expect(movedOf.size).toBeGreaterThanOrEqual(2)
    for (const moved of movedOf.values()) {
      expect(moved.some(each => each > 0n)).toBe(true)
      expect(moved.reduce((sum, each) => sum + each, 0n)).toBe(0n)
    }
    expect(meta.innerInstructions.length).toBeGreaterThan(0)
  })

  it('knows the transactions of the market by their signatures, and all they did, though each is executed when asked for', async () => {
    await clock.advanceTo(clock.now() + 3_600_000)
    const { transactions } = localnet.ledger
    const swaps = transactions.all().filter(each => each.source === 'world')
    expect(swaps.length).toBeGreaterThan(20)
    const vault = marketPools()[0]!.vaultBase
    const now = localnet.ledger.account(vault)
    for (const swap of swaps) {
      expect(transactions.get(swap.signature)).toBe(swap)
      expect(swap.logs.join()).toContain(`Program ${SWAP_PROGRAM} success`)
      expect(swap.computeUnits).toBeGreaterThan(1_000)
      expect(swap.preBalances[0]! - swap.postBalances[0]!).toBe(5_000n)
    }
    // Looking back at them has moved nothing.
    expect(localnet.ledger.account(vault)).toBe(now)
    await nextSlots(1)
    const shown = await connection.getAccountInfo(new PublicKey(vault))
    expect(Uint8Array.from(shown!.data)).toEqual(Uint8Array.from(now!.data))
  })
})

interface ShownBalance {
  readonly mint: string
  readonly uiTokenAmount: { readonly amount: string }
}

describe('fees and performance', () => {
  it('are told for a message, for accounts and for the last minutes', async () => {
    const { blockhash } = await connection.getLatestBlockhash()
    const message = new TransactionMessage({
      payerKey: rich.publicKey,
      recentBlockhash: blockhash,
      instructions: [transfer(1)],
    }).compileToV0Message()
    expect((await connection.getFeeForMessage(message, 'confirmed')).value).toBe(5_000)
    await nextSlots(200)
    expect((await connection.getFeeForMessage(message, 'confirmed')).value).toBeNull()
    const fees = await connection.getRecentPrioritizationFees({ lockedWritableAccounts: [to] })
    expect(fees).toHaveLength(150)
    expect(fees.every(each => each.prioritizationFee === 0)).toBe(true)
    expect(await connection.getRecentPerformanceSamples(1)).toMatchObject([{ numSlots: 150, samplePeriodSecs: 60 }])
    expect(await connection.getSlotLeaders(localnet.ledger.slot(), 3)).toHaveLength(3)
    expect(await connection.getMinimumBalanceForRentExemption(165)).toBe(2_039_280)
    expect(await connection.getGenesisHash()).toBe(localnet.genesisHash)
  })
})

describe('an airdrop', () => {
  it('is a transaction like any other, also twice in one slot', async () => {
    const signatures = [await connection.requestAirdrop(to, 1e9), await connection.requestAirdrop(to, 1e9)]
    expect(new Set(signatures).size).toBe(2)
    expect(localnet.ledger.account(to.toBase58())?.lamports).toBe(2_000_000_000n)
  })

  it('that would leave less than rent is refused', async () => {
    expect((await answer('requestAirdrop', to.toBase58(), 5))['error']).toMatchObject({ code: -32603 })
  })
})

it('the same seed and requests give the same chain twice', async () => {
  const run = async (): Promise<unknown> => {
    const own = createVirtualClock({ start_ms: Date.parse('2025-01-01T00:00:00Z') })
    const chain = await createLocalnet({ clock: own, seed: 'twice' })
    await chain.rpc(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'requestAirdrop', params: [owner, 1e9] }))
    await own.advanceTo(own.now() + 3_600_000)
    const all = chain.ledger.transactions.all()
    await chain.close()
    expect(all.length).toBeGreaterThan(10)
    return all
  }
  expect(await run()).toEqual(await run())
})
