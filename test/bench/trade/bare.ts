import { Configuration, type QuoteResponse, SwapApi } from '@jup-ag/api'
import {
  ComputeBudgetProgram,
  Connection,
  Keypair,
  PublicKey,
  TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js'
import type { Localnet } from '../../../core/localnet/localnet.ts'
import type { Clock } from '../../../core/time/clock.ts'

/**
 * What somebody would write without us, with the usual packages: quote, instructions, simulate, sign, send, confirm.
 * Answers the lamports received.
 */
export function bareBuyer(
  localnet: Pick<Localnet, 'rpcUrl' | 'fetch'>,
  clock: Pick<Clock, 'sleep'>,
  seed: Uint8Array,
  slippageBps = 50,
): (input: string, output: string, units: bigint) => Promise<void> {
  const payer = Keypair.fromSeed(seed)
  const api = new SwapApi(new Configuration({ basePath: `${localnet.rpcUrl}/swap/v1`, fetchApi: localnet.fetch }))
  const connection = new Connection(localnet.rpcUrl, { fetch: localnet.fetch as never, commitment: 'confirmed' })
  return async (inputMint, outputMint, units) => {
    const quoteResponse: QuoteResponse = await api.quoteGet({
      inputMint,
      outputMint,
      amount: Number(units),
      slippageBps,
    })
    const built = await api.swapInstructionsPost({
      swapRequest: { userPublicKey: payer.publicKey.toBase58(), quoteResponse, wrapAndUnwrapSol: true },
    })
    const instructions = [...(built.setupInstructions ?? []), built.swapInstruction, built.cleanupInstruction]
      .filter(instruction => instruction != null)
      .map(
        ({ programId, accounts, data }) =>
          new TransactionInstruction({
            programId: new PublicKey(programId),
            keys: accounts.map(({ pubkey, isSigner, isWritable }) => ({
              pubkey: new PublicKey(pubkey),
              isSigner,
              isWritable,
            })),
            data: Buffer.from(data, 'base64'),
          }),
      )
    const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash()
    const transactionOf = (limit: number): VersionedTransaction =>
      new VersionedTransaction(
        new TransactionMessage({
          payerKey: payer.publicKey,
          recentBlockhash: blockhash,
          instructions: [
            ComputeBudgetProgram.setComputeUnitLimit({ units: limit }),
            ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 10_000 }),
            ...instructions,
          ],
        }).compileToV0Message(),
      )
    const simulated = await connection.simulateTransaction(transactionOf(1_400_000), {
      sigVerify: false,
      replaceRecentBlockhash: true,
    })
    if (simulated.value.err) throw new Error(JSON.stringify(simulated.value.err))
    const transaction = transactionOf(Math.ceil((simulated.value.unitsConsumed ?? 200_000) * 1.2))
    transaction.sign([payer])
    const signature = await connection.sendTransaction(transaction, { skipPreflight: true, maxRetries: 0 })
    for (;;) {
      const { value } = await connection.getSignatureStatuses([signature])
      const status = value[0]?.confirmationStatus
      if (status === 'confirmed' || status === 'finalized') break
      if ((await connection.getBlockHeight()) > lastValidBlockHeight) throw new Error('expired')
      await clock.sleep(400)
    }
  }
}
