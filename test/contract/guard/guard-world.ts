import { PublicKey, type TransactionInstruction } from '@solana/web3.js'
import { associatedTokenAddress } from '../../../core/chain/associated-token.ts'
import { type Expectation, TOKEN_PROGRAM } from '../../../core/chain/guard/expectation.ts'
import { simulateGuarded } from '../../../core/chain/guard/guard.ts'
import { createAccountReader } from '../../../core/chain/rpc/account-reader.ts'
import type { Simulation } from '../../../core/chain/rpc/rpc-types.ts'
import { compose } from '../../../core/chain/transaction/compose.ts'
import type { LookupTables } from '../../../core/chain/transaction/lookup-tables.ts'
import { derivedKey } from '../../../core/localnet/derived-key.ts'
import { createLocalVenue } from '../../../core/localnet/venue/venue.ts'
import type { Instruction, Quote } from '../../../core/plugin/venue.ts'
import { type TradingWorld, tradingWorld } from '../trading/trading-world.ts'

const PRICE_MICROLAMPORTS = 10_000n

/** A chain with a legitimate swap in both directions, and an attacker with an address. */
export interface GuardWorld {
  readonly world: TradingWorld
  readonly wallet: PublicKey
  readonly attacker: PublicKey
  readonly swapProgram: string
  /** Instructions of another swap, for those who add it. */
  readonly others?: readonly Instruction[]
  /** The wallet's account for a token of the cluster. */
  account(symbol: string): PublicKey
  mint(symbol: string): PublicKey
  /** The swap as its venue builds it. */
  swap(amount: string, output: string): Promise<{ quote: Quote; instructions: readonly Instruction[] }>
  /** What the guard says of these instructions, for that quote. */
  guard(
    quote: Quote,
    instructions: readonly Instruction[],
    more?: Partial<Expectation> & { price_microLamports?: bigint; tables?: LookupTables },
  ): Promise<Simulation>
}

export async function guardWorld(): Promise<GuardWorld> {
  const world = await tradingWorld({ funds: { USDC: 10_000_000_000n, JSOL: 5_000_000_000n } })
  const { cluster, rpc, clock } = world
  const swapProgram = cluster.profile.programs?.['swap'] ?? ''
  const venue = createLocalVenue(createAccountReader(rpc, 'confirmed', clock), swapProgram)
  const { signal } = new AbortController()
  const owner = world.wallet.publicKey
  return {
    world,
    wallet: new PublicKey(owner),
    attacker: new PublicKey(derivedKey('attacker').address),
    swapProgram,
    account: symbol => new PublicKey(associatedTokenAddress(owner, cluster.tokens.find(symbol).mint, TOKEN_PROGRAM)),
    mint: symbol => new PublicKey(cluster.tokens.find(symbol).mint),
    swap: async (amount, output) => {
      const intent = world.intent('k', amount, output)
      const request = {
        input: intent.input,
        output: intent.output,
        amount: intent.amount,
        exact: intent.exact,
        slippageBps: 50,
      }
      const quote = await clock.run(venue.quote(request, signal))
      if (!quote) throw new Error('the market has no route')
      return { quote, instructions: (await venue.plan(quote, owner, signal)).instructions }
    },
    guard: async (quote, instructions, { price_microLamports = PRICE_MICROLAMPORTS, tables = {}, ...more } = {}) => {
      const { blockhash } = await clock.run(rpc.latestBlockhash('confirmed'))
      const draft = compose({ instructions, payer: owner, blockhash, tables, price_microLamports, salt: 1 })
      const expected: Expectation = {
        wallet: owner,
        input: { mint: quote.input.token.mint, maxUnits: quote.input.units },
        output: { mint: quote.output.token.mint, minUnits: quote.threshold.units },
        venuePrograms: cluster.venuePrograms,
        maxPriorityFee_lamports: (PRICE_MICROLAMPORTS * 1_400_000n) / 1_000_000n,
        maxTip_lamports: 0n,
        tipAccounts: new Set(),
        maxForeignRent_lamports: 0n,
        acceptedMints: new Set(),
        ...more,
      }
      return clock.run(simulateGuarded(rpc, { wire: draft.wire, message: draft.message, tables }, expected, [owner]))
    },
  }
}

export function plain(instruction: TransactionInstruction): Instruction {
  return {
    programId: instruction.programId.toBase58(),
    accounts: instruction.keys.map(({ pubkey, isSigner, isWritable }) => ({
      address: pubkey.toBase58(),
      signer: isSigner,
      writable: isWritable,
    })),
    data: new Uint8Array(instruction.data),
  }
}
