import {
  type Address,
  appendTransactionMessageInstructions,
  type Blockhash,
  compileTransaction,
  createTransactionMessage,
  getTransactionEncoder,
  type Instruction,
  pipe,
  type SignatureBytes,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit'
import type { DerivedKey } from './derived-key.ts'

/** Wire bytes of a v0 transaction, signed at once: WebCrypto, which @solana/kit signs with, only answers later. */
export function signTransaction(
  instructions: readonly Instruction[],
  signers: readonly [payer: DerivedKey, ...others: DerivedKey[]],
  lifetime: { readonly blockhash: string; readonly lastValidBlockHeight: bigint },
): Uint8Array {
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    draft => setTransactionMessageFeePayer(signers[0].address, draft),
    draft =>
      setTransactionMessageLifetimeUsingBlockhash(
        { blockhash: lifetime.blockhash as Blockhash, lastValidBlockHeight: lifetime.lastValidBlockHeight },
        draft,
      ),
    draft => appendTransactionMessageInstructions(instructions, draft),
  )
  const unsigned = compileTransaction(message)
  const bytes = new Uint8Array(unsigned.messageBytes)
  const signatures: Record<Address, SignatureBytes | null> = { ...unsigned.signatures }
  for (const signer of signers) signatures[signer.address] = signer.sign(bytes) as SignatureBytes
  return new Uint8Array(getTransactionEncoder().encode({ ...unsigned, signatures }))
}
