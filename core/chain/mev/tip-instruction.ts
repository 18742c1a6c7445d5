import type { Instruction } from '../../plugin/venue.ts'
import { SYSTEM_PROGRAM } from '../guard/expectation.ts'

/**
 * Any address with this beginning asks a block engine to refuse bundles in which another transaction comes first; none
 * of them needs to exist. Source: Jito's documentation, "Sandwich mitigation".
 */
export const DONT_FRONT = 'jitodontfront111111111111111111111111111111'

const TRANSFER_SOL = 2

/**
 * A transfer from the wallet to a tip account. The mark against front-running rides on it, read-only: the system program
 * ignores accounts it does not know, which a venue's program might not.
 */
export function tipInstruction(tip: {
  readonly from: string
  readonly to: string
  readonly lamports: bigint
  readonly dontFront: boolean
}): Instruction {
  const data = new DataView(new ArrayBuffer(12))
  data.setUint32(0, TRANSFER_SOL, true)
  data.setBigUint64(4, tip.lamports, true)
  const mark = tip.dontFront ? [{ address: DONT_FRONT, signer: false, writable: false }] : []
  return {
    programId: SYSTEM_PROGRAM,
    accounts: [
      { address: tip.from, signer: true, writable: true },
      { address: tip.to, signer: false, writable: true },
      ...mark,
    ],
    data: new Uint8Array(data.buffer),
  }
}
