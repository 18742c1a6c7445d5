import {
  getPdaTickArrayAddress,
  TickArrayBitmapExtensionLayout,
  TickArrayBitmapUtil,
  TickArrayLayout,
} from '@raydium-io/raydium-sdk-v2'
import { PublicKey } from '@solana/web3.js'
import type { ChainAccount } from '../../../core/index.ts'
import type { ClmmPoolInfo, ClmmTickArray } from './clmm-math.ts'

/** Tick arrays with liquidity that are read ahead of the price: what a transaction has room for. */
const AHEAD_MAX = 6
/** Decoded arrays kept while their bytes are the same: decoding one takes longer than reading it. */
const KEPT_MAX = 2_000

export type BitmapExtension = ReturnType<typeof TickArrayBitmapExtensionLayout.decode>

/** Finds and decodes the tick arrays of pools. */
export class TickArrays {
  readonly #program: PublicKey
  readonly #addresses = new Map<string, PublicKey>()
  readonly #kept = new Map<string, { readonly data: Uint8Array; readonly array: ClmmTickArray }>()

  constructor(program: PublicKey) {
    this.#program = program
  }

  /** The bitmap beyond the pool's own; empty where the account does not exist. */
  extension(account: ChainAccount | undefined): BitmapExtension {
    return TickArrayBitmapExtensionLayout.decode(
      account === undefined ? Buffer.alloc(TickArrayBitmapExtensionLayout.span) : Buffer.from(account.data),
    )
  }

  /** Addresses of the arrays that a swap meets, in its order. */
  ahead(
    poolId: PublicKey,
    pool: ClmmPoolInfo,
    extension: ChainAccount | undefined,
    zeroForOne: boolean,
  ): readonly PublicKey[] {
    const starts = TickArrayBitmapUtil.findTickArrayStartIndex({
      tickSpacing: pool.tickSpacing,
      poolBitmap: pool.tickArrayBitmap,
      tickArrayBitmap: this.extension(extension),
      findInfo: {
        type: zeroForOne ? 'zeroForOne' : 'oneForZero',
        count: AHEAD_MAX,
        tickArrayCurrent: pool.tickCurrent,
      },
    })
    return starts.map(start => {
      const key = `${poolId.toBase58()}/${start}`
      const known = this.#addresses.get(key)
      if (known !== undefined) return known
      const address = getPdaTickArrayAddress(this.#program, poolId, start).publicKey
      this.#addresses.set(key, address)
      return address
    })
  }

  decode(account: ChainAccount | undefined): ClmmTickArray | undefined {
    if (account === undefined || account.data.length !== TickArrayLayout.span) return undefined
    const kept = this.#kept.get(account.address)
    if (kept !== undefined && Buffer.compare(kept.data, account.data) === 0) return kept.array
    const array = {
      address: new PublicKey(account.address),
      value: TickArrayLayout.decode(Buffer.from(account.data)),
    }
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear()
    this.#kept.set(account.address, { data: account.data, array })
    return array
  }
}
