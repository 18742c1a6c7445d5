import type {
  ClmmConfigLayout,
  PoolInfoLayout,
  TickArrayBitmapExtensionLayout,
  TickArrayLayout,
} from '@raydium-io/raydium-sdk-v2'
import type { PublicKey } from '@solana/web3.js'

export type ClmmPoolInfo = ReturnType<typeof PoolInfoLayout.decode>

export interface ClmmTickArray {
  readonly address: PublicKey
  readonly value: ReturnType<typeof TickArrayLayout.decode>
}

/** All that a swap in one direction depends on. */
export interface ClmmFacts {
  readonly program: PublicKey
  readonly poolId: PublicKey
  readonly pool: ClmmPoolInfo
  readonly config: ReturnType<typeof ClmmConfigLayout.decode>
  readonly bitmapExtension: BitmapExtension
  /** Absent where the account does not exist: then the instruction must not name it. */
  readonly extensionAddress: PublicKey | undefined
  /** In the order a swap meets them. */
  readonly tickArrays: readonly ClmmTickArray[]
  /** The array just behind, if any: the price may have moved back before the swap lands. */
  readonly behind: readonly PublicKey[]
  /** The first mint goes in. */
  readonly zeroForOne: boolean
  /** Chain time, for the dynamic fee. */
  readonly unix_s: bigint
}

export type BitmapExtension = ReturnType<typeof TickArrayBitmapExtensionLayout.decode>
