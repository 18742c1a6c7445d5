import { identifyComputeBudgetInstruction } from '@solana-program/compute-budget'
import { identifyTokenInstruction } from '@solana-program/token'

/** What an instruction of the token program does. @throws what the package throws for data it does not know */
export const tokenInstruction = byFirstByte(identifyTokenInstruction)

/** What an instruction of the compute budget program does. @throws as `tokenInstruction` */
export const computeBudgetInstruction = byFirstByte(identifyComputeBudgetInstruction)

/** The packages compare each kind they know in turn, and a trade has a dozen such calls: each first byte is asked once. */
function byFirstByte<Kind>(identify: (data: Uint8Array) => Kind): (data: Uint8Array) => Kind {
  const kinds = new Map<number, Kind>()
  return data => {
    const [first] = data
    const known = first === undefined ? undefined : kinds.get(first)
    if (known !== undefined) return known
    const kind = identify(data.subarray(0, 1))
    if (first !== undefined) kinds.set(first, kind)
    return kind
  }
}
