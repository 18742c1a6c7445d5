import { Program } from '@coral-xyz/anchor'
import { Connection, PublicKey, type TransactionInstruction } from '@solana/web3.js'
import BN from 'bn.js'
import { ForgeError, type Instruction, type Quote, type SwapPlan } from '../../../core/index.ts'
import { OrcaRoute } from './curve.ts'
import { WHIRLPOOL_IDL, WhirlpoolIx } from './sdk.ts'
import { type Side, type WalletAccounts, walletAccounts } from './wallet-accounts.ts'

type WhirlpoolProgram = Parameters<typeof WhirlpoolIx.swapV2Ix>[0]

/** Builds the transaction's instructions from a quote alone: nothing is read, so what was quoted is what is planned. */
export class Planner {
  readonly #program: WhirlpoolProgram

  constructor(programId: string) {
    // Anchor wants a connection to exist; building an instruction never uses it.
    const connection = new Connection('http://unused.invalid', {
      fetch: () => Promise.reject(new Error('building a swap reads nothing')),
    })
    this.#program = new Program({ ...WHIRLPOOL_IDL, address: programId }, { connection }) as unknown as WhirlpoolProgram
  }

  /** @throws VENUE_REFUSED for a quote of another venue. */
  plan(quote: Quote, owner: string): SwapPlan {
    const hop = hopOf(quote)
    const wallet = new PublicKey(owner)
    const mostIn = quote.exact === 'in' ? quote.input.units : quote.threshold.units
    const accounts = walletAccounts(wallet, hop.input, hop.output, mostIn)
    const { state, swap } = hop.route
    const { pool, aToB } = state
    const { instructions } = WhirlpoolIx.swapV2Ix(this.#program, {
      amount: bn(quote.exact === 'in' ? quote.input.units : quote.output.units),
      otherAmountThreshold: bn(quote.threshold.units),
      // Zero means no limit of ours: then the program refuses to fill a part only of an exact output.
      sqrtPriceLimit: new BN(0),
      amountSpecifiedIsInput: quote.exact === 'in',
      aToB,
      tickArray0: swap.tickArrays[0],
      tickArray1: swap.tickArrays[1],
      tickArray2: swap.tickArrays[2],
      supplementalTickArrays: [...swap.supplementalTickArrays],
      whirlpool: new PublicKey(state.address),
      tokenMintA: pool.tokenMintA,
      tokenMintB: pool.tokenMintB,
      tokenOwnerAccountA: aToB ? accounts.input : accounts.output,
      tokenOwnerAccountB: aToB ? accounts.output : accounts.input,
      tokenVaultA: pool.tokenVaultA,
      tokenVaultB: pool.tokenVaultB,
      tokenProgramA: state.mintA.tokenProgram,
      tokenProgramB: state.mintB.tokenProgram,
      oracle: new PublicKey(state.oracleAddress),
      tokenAuthority: wallet,
    })
    return planOf(accounts, instructions)
  }

  /**
   * Two pools in one instruction: the second gets exactly what the first gives, from vault to vault. Without the tick
   * arrays for a price that moves back: those of two pools would not leave room for the accounts' creation.
   *
   * @throws VENUE_REFUSED for other than two hops of exact input, of this venue.
   */
  planHops(quotes: readonly Quote[], owner: string): SwapPlan {
    const [first, second] = quotes
    if (first === undefined || second === undefined || quotes.length > 2 || quotes.some(({ exact }) => exact === 'out'))
      throw new ForgeError('VENUE_REFUSED', { message: 'orca plans exactly two hops of an exact input' })
    const [one, two] = [hopOf(first), hopOf(second)]
    const wallet = new PublicKey(owner)
    const accounts = walletAccounts(wallet, one.input, two.output, first.input.units)
    const { instructions } = WhirlpoolIx.twoHopSwapV2Ix(this.#program, {
      amount: bn(first.input.units),
      otherAmountThreshold: bn(second.threshold.units),
      amountSpecifiedIsInput: true,
      aToBOne: one.route.state.aToB,
      aToBTwo: two.route.state.aToB,
      sqrtPriceLimitOne: new BN(0),
      sqrtPriceLimitTwo: new BN(0),
      tickArrayOne0: one.route.swap.tickArrays[0],
      tickArrayOne1: one.route.swap.tickArrays[1],
      tickArrayOne2: one.route.swap.tickArrays[2],
      tickArrayTwo0: two.route.swap.tickArrays[0],
      tickArrayTwo1: two.route.swap.tickArrays[1],
      tickArrayTwo2: two.route.swap.tickArrays[2],
      whirlpoolOne: new PublicKey(one.route.state.address),
      whirlpoolTwo: new PublicKey(two.route.state.address),
      tokenMintInput: one.input.mint,
      tokenMintIntermediate: one.output.mint,
      tokenMintOutput: two.output.mint,
      tokenProgramInput: one.input.tokenProgram,
      tokenProgramIntermediate: one.output.tokenProgram,
      tokenProgramOutput: two.output.tokenProgram,
      tokenOwnerAccountInput: accounts.input,
      tokenOwnerAccountOutput: accounts.output,
      tokenVaultOneInput: one.input.vault,
      tokenVaultOneIntermediate: one.output.vault,
      tokenVaultTwoIntermediate: two.input.vault,
      tokenVaultTwoOutput: two.output.vault,
      oracleOne: new PublicKey(one.route.state.oracleAddress),
      oracleTwo: new PublicKey(two.route.state.oracleAddress),
      tokenAuthority: wallet,
    })
    return planOf(accounts, instructions)
  }
}

interface Hop {
  readonly route: OrcaRoute
  readonly input: Side & { readonly vault: PublicKey }
  readonly output: Side & { readonly vault: PublicKey }
}

function hopOf(quote: Quote): Hop {
  if (!(quote.raw instanceof OrcaRoute))
    throw new ForgeError('VENUE_REFUSED', { message: `orca can not plan a quote of ${quote.venue}` })
  const { pool, aToB, mintA, mintB } = quote.raw.state
  const sideA = { mint: pool.tokenMintA, tokenProgram: mintA.tokenProgram, vault: pool.tokenVaultA }
  const sideB = { mint: pool.tokenMintB, tokenProgram: mintB.tokenProgram, vault: pool.tokenVaultB }
  return { route: quote.raw, input: aToB ? sideA : sideB, output: aToB ? sideB : sideA }
}

function planOf(accounts: WalletAccounts, swap: readonly TransactionInstruction[]): SwapPlan {
  return { instructions: [...accounts.before, ...swap.map(asInstruction), ...accounts.after], lookupTables: [] }
}

function bn(units: bigint): BN {
  return new BN(units.toString())
}

function asInstruction(instruction: TransactionInstruction): Instruction {
  return {
    programId: instruction.programId.toBase58(),
    accounts: instruction.keys.map(({ pubkey, isSigner, isWritable }) => ({
      address: pubkey.toBase58(),
      signer: isSigner,
      writable: isWritable,
    })),
    data: instruction.data,
  }
}
