import { Program } from '@coral-xyz/anchor'
import { Connection, PublicKey, type TransactionInstruction } from '@solana/web3.js'
import BN from 'bn.js'
import { ForgeError, type Instruction, type Quote, type SwapPlan } from '../../../core/index.ts'
import { OrcaRoute } from './curve.ts'
import { WHIRLPOOL_IDL, WhirlpoolIx } from './sdk.ts'
import { walletAccounts } from './wallet-accounts.ts'

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
    if (!(quote.raw instanceof OrcaRoute))
      throw new ForgeError('VENUE_REFUSED', { message: `orca can not plan a quote of ${quote.venue}` })
    const { state, swap } = quote.raw
    const wallet = new PublicKey(owner)
    const { pool, aToB, mintA, mintB } = state
    const sideA = { mint: pool.tokenMintA, tokenProgram: mintA.tokenProgram }
    const sideB = { mint: pool.tokenMintB, tokenProgram: mintB.tokenProgram }
    const [input, output] = aToB ? [sideA, sideB] : [sideB, sideA]
    const mostIn = quote.exact === 'in' ? quote.input.units : quote.threshold.units
    const accounts = walletAccounts(wallet, input, output, mostIn)
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
      tokenMintA: sideA.mint,
      tokenMintB: sideB.mint,
      tokenOwnerAccountA: aToB ? accounts.input : accounts.output,
      tokenOwnerAccountB: aToB ? accounts.output : accounts.input,
      tokenVaultA: pool.tokenVaultA,
      tokenVaultB: pool.tokenVaultB,
      tokenProgramA: sideA.tokenProgram,
      tokenProgramB: sideB.tokenProgram,
      oracle: new PublicKey(state.oracleAddress),
      tokenAuthority: wallet,
    })
    return {
      instructions: [...accounts.setup, ...instructions, ...accounts.cleanup].map(asInstruction),
      lookupTables: [],
    }
  }
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
