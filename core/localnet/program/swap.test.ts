import { AccountRole, type Address, address, createNoopSigner, type Instruction } from '@solana/kit'
import { getCreateAccountInstruction } from '@solana-program/system'
import {
  AccountState,
  getMintEncoder,
  getTokenEncoder,
  getTransferInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from '@solana-program/token'
import fc from 'fast-check'
import { FailedTransactionMetadata, type TransactionMetadata } from 'litesvm'
import { describe, expect, it } from 'vitest'
import { BareLedger } from '../../../test/localnet/bare-ledger.ts'
import { quoteExactIn, quoteExactOut } from '../../routing/constant-product.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { type DerivedKey, derivedKey } from '../derived-key.ts'
import { signTransaction } from '../sign-transaction.ts'
import {
  type HopAccounts,
  initializePoolInstruction,
  swapExactInInstruction,
  swapExactOutInstruction,
} from './instructions.ts'
import { decodePoolState, POOL_STATE_SIZE, vaultOwnerOf } from './pool-state.ts'
import { SWAP_PROGRAM, swapProgramElf } from './swap-program.ts'

const SYSTEM = '11111111111111111111111111111111'
const user = derivedKey('test user')
const thief = derivedKey('test thief')
const mints = ['a', 'b', 'c'].map(label => derivedKey(`test mint ${label}`).address) as [Address, Address, Address]

interface TestPool {
  readonly key: DerivedKey
  readonly owner: Address
  readonly vaults: readonly [Address, Address]
  readonly feeBps: number
}

class World {
  readonly ledger = new BareLedger(createVirtualClock({ start_ms: 0 }))
  #accounts = 0

  constructor() {
    this.ledger.addProgram(SWAP_PROGRAM, swapProgramElf())
    for (const who of [user, thief]) {
      this.ledger.setAccount(who.address, {
        lamports: 10n ** 12n,
        owner: SYSTEM,
        data: new Uint8Array(),
        executable: false,
      })
    }
    for (const mint of mints) this.writeMint(mint)
  }

  writeMint(at: Address, owner: string = TOKEN_PROGRAM_ADDRESS): void {
    const data = getMintEncoder().encode({
      mintAuthority: null,
      supply: 2n ** 63n,
      decimals: 6,
      isInitialized: true,
      freezeAuthority: null,
    })
    this.ledger.setAccount(at, { lamports: 10n ** 9n, owner, data: new Uint8Array(data), executable: false })
  }

  token(
    mint: Address,
    owner: Address,
    amount: bigint,
    more: { program?: string; at?: Address; delegate?: Address; closeAuthority?: Address; frozen?: boolean } = {},
  ): Address {
    const at = more.at ?? derivedKey(`test account ${this.#accounts++}`).address
    const data = getTokenEncoder().encode({
      mint,
      owner,
      amount,
      delegate: more.delegate ?? null,
      state: more.frozen ? AccountState.Frozen : AccountState.Initialized,
      isNative: null,
      delegatedAmount: more.delegate ? amount : 0n,
      closeAuthority: more.closeAuthority ?? null,
    })
    this.ledger.setAccount(at, {
      lamports: 10n ** 9n,
      owner: more.program ?? TOKEN_PROGRAM_ADDRESS,
      data: new Uint8Array(data),
      executable: false,
    })
    return at
  }

  send(
    instructions: readonly Instruction[],
    signers: [DerivedKey, ...DerivedKey[]] = [user],
  ): TransactionMetadata | FailedTransactionMetadata {
    const lifetime = { blockhash: this.ledger.latestBlockhash(), lastValidBlockHeight: 0n }
    return this.ledger.execute(signTransaction(instructions, signers, lifetime))
  }

  createState(pool: DerivedKey): Instruction {
    return getCreateAccountInstruction({
      payer: createNoopSigner(user.address),
      newAccount: createNoopSigner(pool.address),
      lamports: 10n ** 7n,
      space: POOL_STATE_SIZE,
      programAddress: SWAP_PROGRAM,
    })
  }

  pool(label: string, mintA: Address, mintB: Address, reserveA: bigint, reserveB: bigint, feeBps: number): TestPool {
    const key = derivedKey(`test pool ${label}`)
    const owner = vaultOwnerOf(key.address, SWAP_PROGRAM).address
    const vaults = [this.token(mintA, owner, reserveA), this.token(mintB, owner, reserveB)] as const
    const result = this.send(
      [
        this.createState(key),
        initializePoolInstruction({ pool: key.address, mintA, mintB, vaultA: vaults[0], vaultB: vaults[1] }, feeBps),
      ],
      [user, key],
    )
    expect(failureOf(result)).toBeUndefined()
    return { key, owner, vaults, feeBps }
  }
}

function hop(pool: TestPool, from: 0 | 1): HopAccounts {
  return {
    pool: pool.key.address,
    vaultOwner: pool.owner,
    vaultIn: pool.vaults[from],
    vaultOut: pool.vaults[from === 0 ? 1 : 0],
  }
}

function failureOf(result: TransactionMetadata | FailedTransactionMetadata): string | undefined {
  return result instanceof FailedTransactionMetadata ? result.meta().prettyLogs() + result.toString() : undefined
}

/** The program's own error number in the logs, when it failed with one. */
function customError(result: TransactionMetadata | FailedTransactionMetadata): number | undefined {
  const found = /custom program error: 0x([0-9a-f]+)/.exec(failureOf(result) ?? '')
  return found ? Number.parseInt(found[1]!, 16) : undefined
}

/** Reserves from one unit to 2^62, evenly over the orders of magnitude. */
const reserve = fc
  .tuple(fc.integer({ min: 4, max: 62 }), fc.bigInt(0n, 2n ** 62n))
  .map(([bits, noise]) => (1n << BigInt(bits - 1)) + (noise % (1n << BigInt(bits - 1))))

describe('the swap program', () => {
  it('initialises a pool whose state names its mints, vaults, fee and bump', () => {
    const world = new World()
    const pool = world.pool('state', mints[0], mints[1], 10n ** 9n, 10n ** 9n, 25)
    const state = decodePoolState(world.ledger.account(pool.key.address)!.data)
    expect(state).toEqual({
      feeBps: 25,
      bump: vaultOwnerOf(pool.key.address, SWAP_PROGRAM).bump,
      mintA: mints[0],
      mintB: mints[1],
      vaultA: pool.vaults[0],
      vaultB: pool.vaults[1],
    })
  })

  it('gives to the unit what the bigint reference says, in both directions and modes, over 250 random pools and sizes', () => {
    const world = new World()
    const pools = [0, 1, 4, 25, 100, 3_000, 9_999].map(fee => world.pool(`fee ${fee}`, mints[0], mints[1], 1n, 1n, fee))
    let traded = 0
    fc.assert(
      fc.property(
        fc.constantFrom(...pools),
        fc.constantFrom<0 | 1>(0, 1),
        fc.boolean(),
        reserve,
        reserve,
        reserve,
        (pool, from, isExactIn, reserveIn, reserveOut, size) => {
          const to = from === 0 ? 1 : 0
          world.token(mints[from], pool.owner, reserveIn, { at: pool.vaults[from] })
          world.token(mints[to], pool.owner, reserveOut, { at: pool.vaults[to] })
          const funds = 2n ** 63n
          const source = world.token(mints[from], user.address, funds, { at: derivedKey('random source').address })
          const destination = world.token(mints[to], user.address, 0n, { at: derivedKey('random destination').address })
          const sides = { reserveIn, reserveOut, feeBps: pool.feeBps }
          const quote = isExactIn ? quoteExactIn(sides, size) : quoteExactOut(sides, size)
          const accounts = { user: user.address, source, destination, hops: [hop(pool, from)] }
          const instruction = isExactIn
            ? swapExactInInstruction(accounts, { amountIn: size, minimumOut: quote?.amountOut ?? 0n })
            : swapExactOutInstruction(accounts, { amountOut: size, maximumIn: quote?.amountIn ?? 2n ** 64n - 1n })
          const result = world.send([instruction])
          if (!quote || quote.amountIn > funds) {
            expect(customError(result)).toBe(quote ? 1 : 6014)
            expect(world.ledger.tokenUnits(source)).toBe(funds)
            return
          }
          traded++
          expect(failureOf(result)).toBeUndefined()
          expect(world.ledger.tokenUnits(source)).toBe(funds - quote.amountIn)
          expect(world.ledger.tokenUnits(destination)).toBe(quote.amountOut)
          expect(world.ledger.tokenUnits(pool.vaults[from])).toBe(reserveIn + quote.amountIn)
          expect(world.ledger.tokenUnits(pool.vaults[to])).toBe(reserveOut - quote.amountOut)
          const returned = result instanceof FailedTransactionMetadata ? undefined : result.returnData().data()
          const expected = isExactIn ? quote.amountOut : quote.amountIn
          expect(new DataView(Uint8Array.from(returned!).buffer).getBigUint64(0, true)).toBe(expected)
        },
      ),
      { numRuns: 250, seed: 20_250_101 },
    )
    expect(traded).toBeGreaterThan(100)
  })

  it('refuses one unit beyond the quote with error 6001, in both modes', () => {
    const world = new World()
    const pool = world.pool('limits', mints[0], mints[1], 10n ** 12n, 10n ** 10n, 25)
    const source = world.token(mints[0], user.address, 10n ** 12n)
    const destination = world.token(mints[1], user.address, 0n)
    const accounts = { user: user.address, source, destination, hops: [hop(pool, 0)] }
    const sides = { reserveIn: 10n ** 12n, reserveOut: 10n ** 10n, feeBps: 25 }
    const out = quoteExactIn(sides, 10n ** 9n)!.amountOut
    const cost = quoteExactOut(sides, 10n ** 7n)!.amountIn
    expect(
      customError(world.send([swapExactInInstruction(accounts, { amountIn: 10n ** 9n, minimumOut: out + 1n })])),
    ).toBe(6001)
    expect(
      customError(world.send([swapExactOutInstruction(accounts, { amountOut: 10n ** 7n, maximumIn: cost - 1n })])),
    ).toBe(6001)
    expect(world.ledger.tokenUnits(source)).toBe(10n ** 12n)
    expect(
      failureOf(world.send([swapExactInInstruction(accounts, { amountIn: 10n ** 9n, minimumOut: out })])),
    ).toBeUndefined()
  })

  it('trades a route of two hops from vault to vault, with the limit on its end', () => {
    const world = new World()
    const first = world.pool('first', mints[0], mints[1], 10n ** 12n, 10n ** 10n, 25)
    const second = world.pool('second', mints[2], mints[1], 10n ** 13n, 10n ** 10n, 4)
    const source = world.token(mints[0], user.address, 10n ** 12n)
    const destination = world.token(mints[2], user.address, 0n)
    const accounts = { user: user.address, source, destination, hops: [hop(first, 0), hop(second, 1)] }
    const middle = quoteExactIn({ reserveIn: 10n ** 12n, reserveOut: 10n ** 10n, feeBps: 25 }, 10n ** 9n)!.amountOut
    const out = quoteExactIn({ reserveIn: 10n ** 10n, reserveOut: 10n ** 13n, feeBps: 4 }, middle)!.amountOut
    expect(
      customError(world.send([swapExactInInstruction(accounts, { amountIn: 10n ** 9n, minimumOut: out + 1n })])),
    ).toBe(6001)
    expect(
      failureOf(world.send([swapExactInInstruction(accounts, { amountIn: 10n ** 9n, minimumOut: out })])),
    ).toBeUndefined()
    expect(world.ledger.tokenUnits(destination)).toBe(out)
    expect(world.ledger.tokenUnits(first.vaults[1])).toBe(10n ** 10n - middle)
    expect(world.ledger.tokenUnits(second.vaults[1])).toBe(10n ** 10n + middle)

    const wanted = 10n ** 8n
    const middleIn = quoteExactOut(
      { reserveIn: 10n ** 10n + middle, reserveOut: 10n ** 13n - out, feeBps: 4 },
      wanted,
    )!.amountIn
    const cost = quoteExactOut(
      { reserveIn: 10n ** 12n + 10n ** 9n, reserveOut: 10n ** 10n - middle, feeBps: 25 },
      middleIn,
    )!.amountIn
    expect(
      customError(world.send([swapExactOutInstruction(accounts, { amountOut: wanted, maximumIn: cost - 1n })])),
    ).toBe(6001)
    expect(
      failureOf(world.send([swapExactOutInstruction(accounts, { amountOut: wanted, maximumIn: cost })])),
    ).toBeUndefined()
    expect(world.ledger.tokenUnits(destination)).toBe(out + wanted)
    expect(world.ledger.tokenUnits(source)).toBe(10n ** 12n - 10n ** 9n - cost)
  })
})

describe('forged swaps', () => {
  const world = new World()
  const pool = world.pool('good', mints[0], mints[1], 10n ** 12n, 10n ** 12n, 25)
  const other = world.pool('other', mints[0], mints[1], 10n ** 12n, 10n ** 12n, 25)
  const next = world.pool('next', mints[1], mints[2], 10n ** 12n, 10n ** 12n, 25)
  const source = world.token(mints[0], user.address, 10n ** 9n)
  const destination = world.token(mints[1], user.address, 10n ** 9n)
  const foreign = world.token(mints[2], user.address, 10n ** 9n)
  const stolen = world.token(mints[0], thief.address, 10n ** 9n)
  const frozen = world.token(mints[0], user.address, 10n ** 9n, { frozen: true })
  const good = hop(pool, 0)
  const fakeToken = world.token(mints[0], user.address, 10n ** 9n, { program: thief.address })
  const fakeVault = world.token(mints[1], pool.owner, 10n ** 12n)
  const thiefVault = world.token(mints[1], thief.address, 10n ** 12n)
  const watched = [source, destination, foreign, stolen, frozen, fakeToken, fakeVault, thiefVault]
  for (const each of [pool, other, next]) watched.push(...each.vaults)

  const fakeState = derivedKey('fake state').address
  world.ledger.setAccount(fakeState, { ...world.ledger.account(pool.key.address)!, owner: thief.address })
  const blankState = derivedKey('blank state').address
  world.ledger.setAccount(blankState, {
    ...world.ledger.account(pool.key.address)!,
    data: new Uint8Array(POOL_STATE_SIZE),
  })
  const longState = derivedKey('long state').address
  const goodData = world.ledger.account(pool.key.address)!.data
  world.ledger.setAccount(longState, {
    ...world.ledger.account(pool.key.address)!,
    data: new Uint8Array([...goodData, 0]),
  })

  const swap = (accounts: Partial<Parameters<typeof swapExactInInstruction>[0]>, amountIn = 1_000_000n): Instruction =>
    swapExactInInstruction(
      { user: user.address, source, destination, hops: [good], ...accounts },
      { amountIn, minimumOut: 1n },
    )
  const changed = (
    change: (plain: { accounts: { address: Address; role: AccountRole }[]; data: Uint8Array }) => void,
  ): Instruction => {
    const made = swap({})
    const plain = { accounts: made.accounts!.map(each => ({ ...each })), data: Uint8Array.from(made.data!) }
    change(plain)
    return { programAddress: SWAP_PROGRAM, ...plain }
  }

  const forgeries: [what: string, make: () => Instruction, error?: number][] = [
    ['an amount of zero', () => swap({}, 0n), 6009],
    ['more than the user has', () => swap({}, 10n ** 9n + 1n), 1],
    ['more than a vault can hold', () => swap({}, 2n ** 64n - 1n), 6014],
    ['so little that it gives nothing', () => swap({}, 1n), 6014],
    ['the input vault of another pool', () => swap({ hops: [{ ...good, vaultIn: other.vaults[0] }] }), 6005],
    ['the output vault of another pool', () => swap({ hops: [{ ...good, vaultOut: other.vaults[1] }] }), 6005],
    [
      'an output account of the same owner that is no vault',
      () => swap({ hops: [{ ...good, vaultOut: fakeVault }] }),
      6005,
    ],
    ['a vault of the thief', () => swap({ hops: [{ ...good, vaultIn: thiefVault }] }), 6005],
    ['the same vault twice', () => swap({ hops: [{ ...good, vaultOut: good.vaultIn }] }), 6005],
    ['the vault owner of another pool', () => swap({ hops: [{ ...good, vaultOwner: other.owner }] }), 6006],
    ['the user as vault owner', () => swap({ hops: [{ ...good, vaultOwner: user.address }] }), 6006],
    ['another pool with these vaults', () => swap({ hops: [{ ...good, pool: other.key.address }] }), 6005],
    ['a pool state that another program owns', () => swap({ hops: [{ ...good, pool: fakeState }] }), 6003],
    ['a pool state that was never initialised', () => swap({ hops: [{ ...good, pool: blankState }] }), 6003],
    ['a pool state of the wrong size', () => swap({ hops: [{ ...good, pool: longState }] }), 6003],
    ['a vault in place of the pool state', () => swap({ hops: [{ ...good, pool: good.vaultIn }] }), 6003],
    ['a source of a foreign mint', () => swap({ source: foreign }), 6011],
    ['a destination of a foreign mint', () => swap({ destination: foreign }), 6011],
    ['source and destination exchanged', () => swap({ source: destination, destination: source }), 6011],
    ['one account as source and destination', () => swap({ destination: source }), 6011],
    ["somebody else's source", () => swap({ source: stolen }), 4],
    ['the input vault as source', () => swap({ source: good.vaultIn }), 6011],
    ['the output vault as destination', () => swap({ destination: good.vaultOut }), 6011],
    ['a wallet as source', () => swap({ source: user.address }), 6011],
    ['a token account of a fake token program', () => swap({ source: fakeToken }), 6011],
    ['a frozen source', () => swap({ source: frozen }), 17],
    [
      'a user that did not sign',
      () =>
        changed(({ accounts }) => {
          accounts[0]!.address = thief.address
          accounts[0]!.role = AccountRole.READONLY
        }),
      6008,
    ],
    [
      'a fake token program',
      () =>
        changed(({ accounts }) => {
          accounts[3]!.address = address(SYSTEM)
        }),
      6010,
    ],
    [
      'a source that is not writable',
      () =>
        changed(({ accounts }) => {
          accounts[1]!.role = AccountRole.READONLY
        }),
    ],
    [
      'a vault that is not writable',
      () =>
        changed(({ accounts }) => {
          accounts[7]!.role = AccountRole.READONLY
        }),
    ],
    [
      'an account too few',
      () =>
        changed(({ accounts }) => {
          accounts.pop()
        }),
      6002,
    ],
    [
      'an account too many',
      () =>
        changed(({ accounts }) => {
          accounts.push({ address: thief.address, role: AccountRole.READONLY })
        }),
      6002,
    ],
    ['no hop', () => swap({ hops: [] }), 6002],
    ['five hops', () => swap({ hops: [good, good, good, good, good] }), 6002],
    ['the same pool twice', () => swap({ hops: [good, hop(pool, 1)] }), 6013],
    ['hops that do not follow each other', () => swap({ hops: [good, hop(other, 0)] }), 6013],
    [
      'a route back into a vault of its own',
      () => swap({ hops: [good, hop(next, 0)], destination: next.vaults[1] }),
      6011,
    ],
    [
      'an unknown instruction',
      () =>
        changed(({ data }) => {
          data[0] = 9
        }),
      6000,
    ],
    ['data cut short', () => ({ ...swap({}), data: new Uint8Array(swap({}).data!).subarray(0, 16) }), 6000],
    ['no data', () => ({ ...swap({}), data: new Uint8Array() }), 6000],
  ]

  it.each(forgeries)('refuses %s', (_, make, error) => {
    const before = watched.map(each => world.ledger.tokenUnits(each))
    const result = world.send([make()])
    expect(failureOf(result)).toBeDefined()
    if (error !== undefined) expect(customError(result)).toBe(error)
    expect(watched.map(each => world.ledger.tokenUnits(each))).toEqual(before)
  })

  it('takes the unforged one', () => {
    expect(failureOf(world.send([swap({})]))).toBeUndefined()
  })

  it("gives nobody a vault's tokens by the token program alone", () => {
    const steal = getTransferInstruction({ source: good.vaultOut, destination, authority: pool.owner, amount: 1n })
    const asReader = {
      ...steal,
      accounts: steal.accounts.map(each => ({ address: each.address, role: AccountRole.WRITABLE })),
    }
    expect(failureOf(world.send([asReader]))).toBeDefined()
  })
})

describe('forged pools', () => {
  const world = new World()
  const key = derivedKey('forged pool')
  const owner = vaultOwnerOf(key.address, SWAP_PROGRAM).address
  const vaultA = world.token(mints[0], owner, 10n ** 9n)
  const vaultB = world.token(mints[1], owner, 10n ** 9n)
  const fakeMint = derivedKey('fake mint').address
  world.writeMint(fakeMint, thief.address)
  const good = { pool: key.address, mintA: mints[0], mintB: mints[1], vaultA, vaultB }
  const make = (change: Partial<typeof good>, feeBps = 25): Instruction =>
    initializePoolInstruction({ ...good, ...change }, feeBps)
  const vault = (more: Parameters<World['token']>[3], mint = mints[0], by: Address = owner): Address =>
    world.token(mint, by, 1n, more)

  const forgeries: [what: string, instruction: () => Instruction, error: number][] = [
    ['a fee of 100 %', () => make({}, 10_000), 6012],
    ['one mint twice', () => make({ mintB: mints[0], vaultB: vaultA }), 6007],
    ['a mint of a fake token program', () => make({ mintA: fakeMint }), 6007],
    ['a vault in place of a mint', () => make({ mintA: vaultA }), 6007],
    ['a vault of another mint', () => make({ vaultA: vault({}, mints[2]) }), 6005],
    ["a vault of the thief's", () => make({ vaultA: vault({}, mints[0], thief.address) }), 6005],
    ['a vault with a delegate', () => make({ vaultA: vault({ delegate: thief.address }) }), 6005],
    ['a vault that somebody may close', () => make({ vaultA: vault({ closeAuthority: thief.address }) }), 6005],
    ['a frozen vault', () => make({ vaultA: vault({ frozen: true }) }), 6005],
    ['a vault of a fake token program', () => make({ vaultA: vault({ program: thief.address }) }), 6005],
    ['too much data', () => ({ ...make({}), data: Uint8Array.of(0, 25, 0, 0) }), 6000],
  ]

  it.each(forgeries)('refuses %s', (_, instruction, error) => {
    expect(customError(world.send([world.createState(key), instruction()], [user, key]))).toBe(error)
    expect(world.ledger.account(key.address)).toBeUndefined()
  })

  it('refuses a state that did not sign, and one that is a pool already', () => {
    const made = make({})
    expect(failureOf(world.send([world.createState(key), made], [user, key]))).toBeUndefined()
    expect(customError(world.send([made], [user, key]))).toBe(6004)
    const unsigned = { ...made, accounts: made.accounts!.map(each => ({ ...each, role: AccountRole.WRITABLE })) }
    expect(customError(world.send([unsigned]))).toBe(6008)
  })
})
