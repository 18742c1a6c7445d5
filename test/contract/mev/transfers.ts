import { SystemProgram, VersionedTransaction } from '@solana/web3.js'

export interface Transfer {
  readonly to: string
  readonly lamports: bigint
  /** Which of the transaction's instructions, and of how many. */
  readonly index: number
  readonly of: number
  /** Addresses the instruction names besides payer and receiver. */
  readonly others: readonly string[]
}

/** The plain transfers of SOL in a transaction's bytes, decoded by an independent library. */
export function decodedTransfers(wire: Uint8Array): readonly Transfer[] {
  const { message } = VersionedTransaction.deserialize(wire)
  const keys = message.staticAccountKeys.map(key => key.toBase58())
  return message.compiledInstructions.flatMap((instruction, index) => {
    const data = Buffer.from(instruction.data)
    const isTransfer =
      keys[instruction.programIdIndex] === SystemProgram.programId.toBase58() && data.readUInt32LE(0) === 2
    if (!isTransfer) return []
    const [, to, ...others] = instruction.accountKeyIndexes.map(key => keys[key]!)
    return [{ to: to!, lamports: data.readBigUInt64LE(4), index, of: message.compiledInstructions.length, others }]
  })
}
