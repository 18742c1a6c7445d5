import type { OracleData, TickArrayData, WhirlpoolData } from '@orca-so/whirlpools-sdk'
import type { ChainTime } from '../../../core/index.ts'
import type { TickArrayPlace } from './addresses.ts'
import type { OrcaMint } from './decode.ts'

/** All that a swap in one direction depends on, read at one time. */
export interface PoolState {
  readonly address: string
  readonly pool: WhirlpoolData
  /** A to B: the first mint goes in, the price falls. */
  readonly aToB: boolean
  /** In the swap's order; `data` is absent where the array is not initialized. */
  readonly tickArrays: readonly (TickArrayPlace & { readonly data: TickArrayData | undefined })[]
  /** The array behind the current one, if there can be one. */
  readonly fallbackTickArray: string | undefined
  /** Of adaptive-fee pools. */
  readonly oracle: OracleData | undefined
  readonly oracleAddress: string
  readonly mintA: OrcaMint
  readonly mintB: OrcaMint
  readonly time: ChainTime
  readonly slot: number
}
