import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOKEN_PROGRAM_ID } from '@solana/spl-token'
import { Connection, type Keypair, PublicKey, TransactionMessage, VersionedTransaction } from '@solana/web3.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccountReader } from '../../../core/chain/rpc/account-reader.ts'
import { createRpc } from '../../../core/chain/rpc/rpc.ts'
import type { AccountReader, Instruction, PoolVenue, Token } from '../../../core/index.ts'
import { accountFileText } from '../../../core/localnet/clone/account-file.ts'
import { createLocalnet, type Localnet } from '../../../core/localnet/localnet.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { createOrcaVenue } from '../../../plugins/execution/orca/venue.ts'
import { createRaydiumVenue } from '../../../plugins/execution/raydium/venue.ts'
import { writeAmmV4Pool } from './chain/amm-v4-pool.ts'
import { createClmmPool } from './chain/clmm-pool.ts'
import { createCpmmPool } from './chain/cpmm-pool.ts'
import { keepingLog } from './chain/keeping-log.ts'
import { AMM_V4, CLMM, CPMM, hasProgram, programBytes, WHIRLPOOL } from './chain/programs.ts'
import { asWeb3, TestChain } from './chain/test-chain.ts'
import { newToken } from './chain/tokens.ts'
import { NEVER } from './chain/truth.ts'
import { WhirlpoolMaker } from './chain/whirlpool.ts'

const PROGRAMS = [WHIRLPOOL, CPMM, CLMM, AMM_V4]
/** Before the embedded market's first hour, so that every pool is open there. */
const MADE_S = 1_600_000_000n
const POSITIONS = [{ lower: -6_400, upper: 5_760, liquidity: 4_000_000_000_000n }]

/** One pool of every kind for one pair, written down in the files that a local chain loads. */
function writeGenesis(folder: string) {
  const chain = new TestChain(PROGRAMS, MADE_S)
  const [one, two] = [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 9)]
  const maker = chain.wallet([one, two])
  const whirlpools = new WhirlpoolMaker(chain, maker)
  const shape = { sqrtPriceX64: 2n ** 64n, positions: POSITIONS }
  whirlpools.create([one, two], { ...shape, tickSpacing: 64, feeRate: 3_000 })
  createClmmPool(chain, maker, [one, two], { ...shape, configIndex: 1, tickSpacing: 10, tradeFeeRate: 2_500 })
  createCpmmPool(chain, maker, [
    [one, 10n ** 12n],
    [two, 10n ** 12n],
  ])
  writeAmmV4Pool(chain, one, two, [10n ** 12n, 10n ** 12n])
  const trader = chain.wallet([one, two])
  const files = chain.accountsOf([...PROGRAMS, TOKEN_PROGRAM_ID.toBase58()])
  for (const { address, lamports, owner, data } of files) {
    const base64 = Buffer.from(data).toString('base64')
    const text = accountFileText(address, { lamports, owner, data: [base64, 'base64'], executable: false })
    writeFileSync(join(folder, `${address}.json`), text)
  }
  for (const program of PROGRAMS) writeFileSync(join(folder, `${program}.so`), programBytes(program))
  return { one, two, trader, config: whirlpools.config.toBase58() }
}

describe.skipIf(!PROGRAMS.every(hasProgram))(
  'the venues behind JSON-RPC, on a local chain with the real programs',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'venues-'))
    const clock = createVirtualClock({ start_ms: Date.parse('2024-06-01T00:00:00Z') })
    let calls: string[] = []
    let localnet: Localnet
    let sides: readonly [Token, Token]
    let trader: Keypair
    let venues: readonly PoolVenue[]

    beforeAll(async () => {
      const { one, two, config, ...made } = writeGenesis(folder)
      sides = [one, two]
      trader = made.trader
      const fund = [{ owner: trader.publicKey.toBase58(), lamports: 10n ** 10n, tokens: [] }]
      localnet = await createLocalnet({ clock, seed: '1', load: [folder], fund })
      const rpc = createRpc({
        url: localnet.rpcUrl,
        clock,
        fetch: async (input, init) => {
          calls.push(JSON.parse(String(init?.body)).method)
          return localnet.fetch(input, init)
        },
      })
      const accounts: AccountReader = createAccountReader(rpc, 'confirmed', clock)
      const log = keepingLog()
      venues = [
        createOrcaVenue({ accounts, clock, programs: { whirlpool: WHIRLPOOL, config } }),
        createRaydiumVenue({ accounts, clock, log, programs: { ammV4: AMM_V4, cpmm: CPMM, clmm: CLMM } }),
      ]
    })

    afterAll(async () => {
      await localnet.close()
      rmSync(folder, { recursive: true })
    })

    /** What all venues answer when they are asked together, and the RPC calls that took. */
    const askAll = async (): Promise<{ labels: readonly string[]; calls: readonly string[] }> => {
      calls = []
      const [input, output] = sides
      const curves = await Promise.all(venues.map(venue => venue.pools(input, output, NEVER)))
      return {
        labels: curves
          .flat()
          .map(curve => curve.label)
          .toSorted(),
        calls,
      }
    }

    test('all pools of a pair are found in two rounds cold, searches beside the first, and in a single call warm', async () => {
      const cold = await askAll()
      expect(cold.labels).toEqual([
        'Orca 30 bps',
        'Raydium AMM v4 25 bps',
        'Raydium CLMM 25 bps',
        'Raydium CPMM 25 bps',
      ])
      expect(cold.calls.filter(method => method === 'getMultipleAccounts')).toHaveLength(2)
      expect((await askAll()).calls).toEqual(['getMultipleAccounts'])
    })

    test('every pool gives over JSON-RPC what it quoted', async () => {
      const connection = new Connection(localnet.rpcUrl, {
        commitment: 'processed',
        fetch: localnet.fetch as typeof fetch,
      })
      const [input, output] = sides
      for (const venue of venues) {
        for (const { address } of await venue.pools(input, output, NEVER)) {
          // Each quote on the state of its own moment: the swap before it moved no other pool, but the next slot's time.
          const curve = (await venue.pools(input, output, NEVER)).find(each => each.address === address)!
          const quote = curve.quote({ amount: { token: input, units: 1_234_567_890n }, exact: 'in', slippageBps: 0 })!
          const plan = await venue.plan(quote, trader.publicKey.toBase58(), NEVER)
          const before = await balanceOf(connection, output)
          await send(connection, plan.instructions)
          expect((await balanceOf(connection, output)) - before).toBe(quote.output.units)
        }
      }
    })

    test('an endpoint that refuses searches leaves out only pools at underived addresses, and that is said once', async () => {
      const log = keepingLog()
      const rpcAccounts = createAccountReader(
        createRpc({
          url: localnet.rpcUrl,
          clock,
          fetch: async (input, init) => {
            const { id, method } = JSON.parse(String(init?.body))
            if (method !== 'getProgramAccounts') return localnet.fetch(input, init)
            return new Response(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32010, message: 'excluded' } }))
          },
        }),
        'confirmed',
        clock,
      )
      const programs = { ammV4: AMM_V4, cpmm: CPMM, clmm: CLMM }
      const venue = createRaydiumVenue({ accounts: rpcAccounts, clock, log, programs })
      const [input, output] = sides
      const labels = async (): Promise<readonly string[]> =>
        (await venue.pools(input, output, NEVER)).map(curve => curve.label).toSorted()
      expect(await labels()).toEqual(['Raydium CLMM 25 bps', 'Raydium CPMM 25 bps'])
      await venue.pools(output, input, NEVER)
      expect(log.lines).toHaveLength(3)
    })

    async function balanceOf(connection: Connection, token: Token): Promise<bigint> {
      const mint = new PublicKey(token.mint)
      const { value } = await connection.getTokenAccountsByOwner(trader.publicKey, { mint })
      const { amount } = (await connection.getTokenAccountBalance(value[0]!.pubkey)).value
      return BigInt(amount)
    }

    async function send(connection: Connection, instructions: readonly Instruction[]): Promise<void> {
      const { blockhash } = await connection.getLatestBlockhash()
      const message = new TransactionMessage({
        payerKey: trader.publicKey,
        recentBlockhash: blockhash,
        instructions: instructions.map(asWeb3),
      }).compileToV0Message()
      const transaction = new VersionedTransaction(message)
      transaction.sign([trader])
      await connection.sendRawTransaction(transaction.serialize())
    }
  },
)
