import {
  getPdaExBitmapAccount,
  getPdaTickArrayAddress,
  TickArrayBitmapExtensionLayout,
  TickArrayBitmapUtil,
  TickArrayLayout,
} from '@raydium-io/raydium-sdk-v2'
import { PublicKey } from '@solana/web3.js'
import type { ChainAccount } from '../../../../core/index.ts'
import type { BitmapExtension, ClmmPoolInfo, ClmmTickArray } from './clmm-state.ts'

/** Tick arrays with liquidity that are read ahead of the price: what a transaction has room for. */
const AHEAD_MAX = 6
/** Decoded arrays kept while their bytes are the same: decoding one takes longer than reading it. */
const KEPT_MAX = 2_000

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

  /** Where the bitmap beyond the pool's own is. */
  extensionAddress(poolId: PublicKey): PublicKey {
    return this.#once(`${poolId.toBase58()}/extension`, () => getPdaExBitmapAccount(this.#program, poolId).publicKey)
  }

  /** Addresses of the arrays that a swap meets, in its order. */
  ahead(place: TickPlace, zeroForOne: boolean): readonly PublicKey[] {
    return this.#find(place, zeroForOne, AHEAD_MAX)
  }

  /** The address of the first array with liquidity that lies behind, if there is one. */
  behind(place: TickPlace, zeroForOne: boolean): readonly PublicKey[] {
    const [first] = this.#find(place, zeroForOne, 1)
    // The array of the price itself counts for both directions.
    return this.#find(place, !zeroForOne, 2)
      .filter(address => first === undefined || !address.equals(first))
      .slice(0, 1)
  }

  #find({ poolId, pool, extension }: TickPlace, zeroForOne: boolean, count: number): readonly PublicKey[] {
    const starts = TickArrayBitmapUtil.findTickArrayStartIndex({
      tickSpacing: pool.tickSpacing,
      poolBitmap: pool.tickArrayBitmap,
      tickArrayBitmap: this.extension(extension),
      findInfo: { type: zeroForOne ? 'zeroForOne' : 'oneForZero', count, tickArrayCurrent: pool.tickCurrent },
    })
    return starts.map(start =>
      this.#once(`${poolId.toBase58()}/${start}`, () => getPdaTickArrayAddress(this.#program, poolId, start).publicKey),
    )
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

  #once(key: string, derive: () => PublicKey): PublicKey {
    const known = this.#addresses.get(key)
    if (known !== undefined) return known
    const address = derive()
    this.#addresses.set(key, address)
    return address
  }
}

/** A pool, and what it says of where its tick arrays are. */
export interface TickPlace {
  readonly poolId: PublicKey
  readonly pool: ClmmPoolInfo
  /** The account of the bitmap beyond the pool's own, where it exists. */
  readonly extension: ChainAccount | undefined
}
