import { describe, expect, test } from 'vitest'
import type { ForgeError } from '../../errors/forge-error.ts'
import type { Account, Simulation } from '../rpc/rpc-types.ts'
import { compose } from '../transaction/compose.ts'
import { Wallet } from '../wallet/wallet.ts'
import { type Expectation, MEMO_PROGRAM, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from './expectation.ts'
import { simulateGuarded } from './guard.ts'
import { decodeMessage } from './message.ts'

const address = (seed: number): string => Wallet.fromSeed(new Uint8Array(32).fill(seed)).publicKey
const [WALLET, PYUSD, USDC] = [address(1), address(2), address(3)]
const FEE = 5_000n

/** A mint whose issuer can take it from any account: extension 12, the delegate's key. */
const delegated: Account = {
  lamports: 1n,
  owner: TOKEN_2022_PROGRAM,
  data: Buffer.from([...new Uint8Array(165), 1, 12, 0, 32, 0, ...new Uint8Array(32).fill(9)]),
}
const plain: Account = { lamports: 1n, owner: TOKEN_PROGRAM, data: Buffer.alloc(82) }

const expected: Expectation = {
  wallet: WALLET,
  input: { mint: USDC, maxUnits: 0n },
  output: { mint: PYUSD, minUnits: 0n },
  venuePrograms: new Set(),
  acceptedMints: new Set(),
  maxPriorityFee_lamports: 0n,
  maxTip_lamports: 0n,
  tipAccounts: new Set(),
  maxForeignRent_lamports: 0n,
}

/** A transaction that says something and moves nothing but its fee. */
function memo(): ReturnType<typeof compose> {
  return compose({
    instructions: [{ programId: MEMO_PROGRAM, accounts: [], data: Uint8Array.of(65) }],
    payer: WALLET,
    blockhash: USDC,
    tables: {},
    price_microLamports: 0n,
    salt: 0,
  })
}

function guarded(more: Partial<Expectation>): Promise<Simulation> {
  const { wire, message } = memo()
  const wallet = (lamports: bigint): Account => ({ lamports, owner: SYSTEM_PROGRAM, data: Buffer.alloc(0) })
  const known: Record<string, Account> = { [PYUSD]: delegated, [USDC]: plain, [WALLET]: wallet(10n * FEE) }
  const rpc = {
    accountsAt: async (addresses: readonly string[]) => ({ slot: 1, accounts: addresses.map(each => known[each]) }),
    simulate: async (_wire: Uint8Array, watch: readonly string[]): Promise<Simulation> => ({
      slot: 1,
      error: undefined,
      logs: [],
      computeUnits: 1,
      accounts: watch.map(each => (each === WALLET ? wallet(9n * FEE) : known[each])),
      calls: [],
    }),
  }
  return simulateGuarded(rpc, { wire, message, tables: {} }, { ...expected, ...more }, [])
}

test('what others can take is bought only where the cluster profile accepts that mint', async () => {
  await expect(guarded({})).rejects.toMatchObject({ code: 'GUARD_REFUSED', context: { rule: 'mint-extension' } })
  await expect(guarded({ acceptedMints: new Set([USDC]) })).rejects.toMatchObject({ code: 'GUARD_REFUSED' })
  expect((await guarded({ acceptedMints: new Set([PYUSD]) })).error).toBeUndefined()
})

describe('other trades of the wallet land between the reading and the simulation', () => {
  const MOVED = 400_000n
  const accountOf = (lamports: bigint): Account => ({ lamports, owner: SYSTEM_PROGRAM, data: Buffer.alloc(0) })

  /**
   * A memo for which the wallet pays `taken`, in a world where `drift` reaches the wallet before each simulation.
   *
   * @param tells whether the endpoint says what a simulation began with
   */
  function traded({ taken, drift, tells }: { taken: bigint; drift: (simulation: number) => bigint; tells: boolean }) {
    const { wire, message } = memo()
    let lamports = 10n * FEE + MOVED
    const others = decodeMessage(message, {}).addresses.length - 1
    let simulations = 0
    const rpc = {
      accountsAt: async (addresses: readonly string[]) => ({
        slot: 1,
        accounts: addresses.map(each => (each === WALLET ? accountOf(lamports) : plain)),
      }),
      simulate: async (_wire: Uint8Array, watch: readonly string[]): Promise<Simulation> => {
        // The reading of the same moment is answered first.
        await Promise.resolve()
        lamports += drift(++simulations)
        return {
          slot: 1,
          error: undefined,
          logs: [],
          computeUnits: 1,
          accounts: watch.map(each => (each === WALLET ? accountOf(lamports - FEE - taken) : plain)),
          calls: [],
          ...(tells && { start: { lamports: [lamports, ...Array<bigint>(others).fill(1n)], units: new Map() } }),
        }
      },
    }
    const ended = simulateGuarded(
      rpc,
      { wire, message, tables: {} },
      { ...expected, output: { mint: USDC, minUnits: 0n } },
      [],
    )
    return ended.then(
      () => ({ simulations }),
      (error: ForgeError) => ({ simulations, code: error.code }),
    )
  }

  test('what the endpoint says a simulation began with counts: one simulation is enough', async () => {
    expect(await traded({ taken: 0n, drift: () => -MOVED / 8n, tells: true })).toEqual({ simulations: 1 })
  })

  test('and what comes in meanwhile hides nothing that is taken', async () => {
    expect(await traded({ taken: 1n, drift: () => MOVED, tells: true })).toMatchObject({ code: 'GUARD_REFUSED' })
  })

  test('where the endpoint does not say it, both are done again until nothing moves', async () => {
    const once = (simulation: number): bigint => (simulation === 1 ? -MOVED : 0n)
    expect(await traded({ taken: 0n, drift: once, tells: false })).toEqual({ simulations: 2 })
    expect(await traded({ taken: 1n, drift: once, tells: false })).toMatchObject({ code: 'GUARD_REFUSED' })
  })

  test('and a wallet that never rests can not be told from theft: that passes, and says nothing against the venue', async () => {
    const always = (): bigint => -MOVED / 8n
    expect(await traded({ taken: 0n, drift: always, tells: false })).toEqual({ simulations: 4, code: 'GUARD_UNSTEADY' })
  })
})
