import type { WireMessage } from './wire.ts'

const LAMPORTS_PER_SIGNATURE = 5_000
const COMPUTE_UNITS_MAX = 1_400_000
const COMPUTE_BUDGET = 'ComputeBudget111111111111111111111111111111'
/** Programs that check signatures in their instruction data, whose first byte counts them. */
const SIGNATURE_PROGRAMS: ReadonlySet<string> = new Set([
  'Ed25519SigVerify111111111111111111111111111',
  'KeccakSecp256k11111111111111111111111111111',
  'Secp256r1SigVerify1111111111111111111111111',
])
/** Builtin programs are given 3,000 compute units by default, others 200,000 (SIMD-0170). */
const BUILTINS: ReadonlySet<string> = new Set([
  COMPUTE_BUDGET,
  '11111111111111111111111111111111',
  'Vote111111111111111111111111111111111111111',
  'BPFLoader1111111111111111111111111111111111',
  'BPFLoader2111111111111111111111111111111111',
  'BPFLoaderUpgradeab1e11111111111111111111111',
  'LoaderV411111111111111111111111111111111111',
  'Ed25519SigVerify111111111111111111111111111',
  'KeccakSecp256k11111111111111111111111111111',
])

export interface Fee {
  /** Lamports in all. */
  readonly total: number
  /** Lamports of it for the priority: price × limit, rounded up. */
  readonly priority: number
  /** Micro-lamports for a compute unit. */
  readonly computeUnitPrice: number
}

/** What the message's payer is charged, also when it fails. Source: solana-fee and compute-budget-instruction of Agave 3. */
export function feeOf(message: WireMessage): Fee {
  let signatures = message.header.numRequiredSignatures
  let price = 0n
  let limit: number | undefined
  let defaultLimit = 0
  for (const { programIdIndex, data } of message.instructions) {
    const program = message.staticKeys[programIdIndex]!
    if (SIGNATURE_PROGRAMS.has(program)) signatures += data[0] ?? 0
    if (program !== COMPUTE_BUDGET) {
      defaultLimit += BUILTINS.has(program) ? 3_000 : 200_000
      continue
    }
    defaultLimit += 3_000
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    if (data[0] === 2 && data.length >= 5) limit = view.getUint32(1, true)
    if (data[0] === 3 && data.length >= 9) price = view.getBigUint64(1, true)
  }
  const units = BigInt(Math.min(limit ?? defaultLimit, COMPUTE_UNITS_MAX))
  const priority = Number((price * units + 999_999n) / 1_000_000n)
  return { total: signatures * LAMPORTS_PER_SIGNATURE + priority, priority, computeUnitPrice: Number(price) }
}
