import {
  ComputeBudgetProgram,
  Connection,
  Keypair,
  PublicKey,
  TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js'
import type { Token, Venue } from '../../../core/index.ts'
import { type BenchWorld, SEED } from './world.ts'

const NEVER = new AbortController().signal
const POLL_MS = 400

/** What somebody would write without us, with web3.js: quote, plan, simulate, sign, send, confirm. */
export function bareTrader(world: BenchWorld): (venue: Venue, sides: [Token, Token], units: bigint) => Promise<string> {
  const { localnet, clock } = world
  const payer = Keypair.fromSeed(SEED)
  const connection = new Connection(localnet.rpcUrl, { fetch: localnet.fetch as never, commitment: 'confirmed' })
  let salt = 0
  return async (venue, [input, output], units) => {
    const request = { input, output, amount: { token: input, units }, exact: 'in', slippageBps: 100 } as const
    const quote = await venue.quote(request, NEVER)
    if (!quote) throw new Error(`${venue.name} has no route`)
    const plan = await venue.plan(quote, payer.publicKey.toBase58(), NEVER)
    const instructions = plan.instructions.map(
      ({ programId, accounts, data }) =>
        new TransactionInstruction({
          programId: new PublicKey(programId),
          keys: accounts.map(({ address, signer, writable }) => ({
            pubkey: new PublicKey(address),
            isSigner: signer,
            isWritable: writable,
          })),
          data: Buffer.from(data),
        }),
    )
    const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash()
    // Equal trades at one blockhash would be one transaction.
    const microLamports = 10_000 + salt++
    const transactionOf = (limit: number): VersionedTransaction =>
      new VersionedTransaction(
        new TransactionMessage({
          payerKey: payer.publicKey,
          recentBlockhash: blockhash,
          instructions: [
            ComputeBudgetProgram.setComputeUnitLimit({ units: limit }),
            ComputeBudgetProgram.setComputeUnitPrice({ microLamports }),
            ...instructions,
          ],
        }).compileToV0Message(),
      )
    const options = { sigVerify: false, replaceRecentBlockhash: true }
    const simulated = await connection.simulateTransaction(transactionOf(1_400_000), options)
    if (simulated.value.err) throw new Error(JSON.stringify(simulated.value.err))
    const transaction = transactionOf(Math.ceil((simulated.value.unitsConsumed ?? 200_000) * 1.2))
    transaction.sign([payer])
    const signature = await connection.sendTransaction(transaction, { skipPreflight: true, maxRetries: 0 })
    for (;;) {
      await clock.sleep(POLL_MS)
      const { value } = await connection.getSignatureStatuses([signature])
      const status = value[0]?.confirmationStatus
      if (status === 'confirmed' || status === 'finalized') return signature
      if ((await connection.getBlockHeight()) > lastValidBlockHeight) throw new Error('expired')
    }
  }
}
