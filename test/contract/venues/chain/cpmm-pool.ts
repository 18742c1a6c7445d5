import { getCreatePoolKeys, makeCreateCpmmPoolInInstruction } from '@raydium-io/raydium-sdk-v2'
import { getAssociatedTokenAddressSync, NATIVE_MINT } from '@solana/spl-token'
import { type Keypair, PublicKey } from '@solana/web3.js'
import BN from 'bn.js'
import type { Token } from '../../../../core/index.ts'
import { CPMM, CPMM_CONFIG, CPMM_FEE_RECEIVER, savedAccount } from './programs.ts'
import type { TestChain } from './test-chain.ts'

/** A pool made by the program's own `initialize`; answers its address. */
export function createCpmmPool(
  chain: TestChain,
  creator: Keypair,
  deposits: readonly (readonly [Token, bigint])[],
  openTime = 0n,
): string {
  const sorted = deposits.toSorted(([a], [b]) =>
    Buffer.compare(new PublicKey(a.mint).toBuffer(), new PublicKey(b.mint).toBuffer()),
  )
  const [sideA, sideB] = sorted.map(([token, units]) => {
    const mint = new PublicKey(token.mint)
    const program = new PublicKey(chain.account(token.mint)!.owner)
    const account = getAssociatedTokenAddressSync(mint, creator.publicKey, false, program)
    if (mint.equals(NATIVE_MINT)) chain.setTokenAccount(account, mint, creator.publicKey, units)
    return { mint, program, account, units: new BN(units.toString()) }
  }) as [PoolSide, PoolSide]
  for (const address of [CPMM_CONFIG, CPMM_FEE_RECEIVER]) {
    if (chain.account(address) !== undefined) continue
    const { owner, data, lamports } = savedAccount(address)
    chain.setAccount(address, owner, data, lamports)
  }
  const program = new PublicKey(CPMM)
  const config = new PublicKey(CPMM_CONFIG)
  const keys = getCreatePoolKeys({ programId: program, configId: config, mintA: sideA.mint, mintB: sideB.mint })
  const instruction = makeCreateCpmmPoolInInstruction(
    program,
    creator.publicKey,
    config,
    keys.authority,
    keys.poolId,
    sideA.mint,
    sideB.mint,
    keys.lpMint,
    sideA.account,
    sideB.account,
    getAssociatedTokenAddressSync(keys.lpMint, creator.publicKey),
    keys.vaultA,
    keys.vaultB,
    new PublicKey(CPMM_FEE_RECEIVER),
    sideA.program,
    sideB.program,
    keys.observationId,
    sideA.units,
    sideB.units,
    new BN(openTime.toString()),
  )
  // The creator pays: the program lets nobody else.
  for (const key of instruction.keys) if (key.pubkey.equals(creator.publicKey)) key.isWritable = true
  chain.send([instruction], [creator])
  // The program never opens a pool in the second it was made.
  chain.setTime(chain.time + 1n)
  return keys.poolId.toBase58()
}

interface PoolSide {
  readonly mint: PublicKey
  readonly program: PublicKey
  readonly account: PublicKey
  readonly units: BN
}
