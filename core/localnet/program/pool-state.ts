import {
  type Address,
  type Codec,
  fixCodecSize,
  getAddressCodec,
  getAddressEncoder,
  getBytesCodec,
  getStructCodec,
  getU8Codec,
  getU16Codec,
} from '@solana/kit'
import { programDerivedAddress } from '../derived-address.ts'

/** The account of one pool; its layout is that of `swap.c`. */
export interface PoolState {
  readonly feeBps: number
  /** The last seed of the vaults' owner. */
  readonly bump: number
  readonly mintA: Address
  readonly mintB: Address
  readonly vaultA: Address
  readonly vaultB: Address
}

export const POOL_STATE_SIZE = 144
const MAGIC = new TextEncoder().encode('SFPOOL01')

const codec: Codec<PoolState & { magic: Uint8Array; spare: Uint8Array }> = getStructCodec([
  ['magic', fixCodecSize(getBytesCodec(), 8)],
  ['feeBps', getU16Codec()],
  ['bump', getU8Codec()],
  ['spare', fixCodecSize(getBytesCodec(), 5)],
  ['mintA', getAddressCodec()],
  ['mintB', getAddressCodec()],
  ['vaultA', getAddressCodec()],
  ['vaultB', getAddressCodec()],
]) as Codec<PoolState & { magic: Uint8Array; spare: Uint8Array }>

export function encodePoolState(pool: PoolState): Uint8Array {
  return new Uint8Array(codec.encode({ ...pool, magic: MAGIC, spare: new Uint8Array(5) }))
}

/** @returns undefined when the data is no initialised pool. */
export function decodePoolState(data: Uint8Array): PoolState | undefined {
  if (data.length !== POOL_STATE_SIZE || MAGIC.some((byte, index) => data[index] !== byte)) return undefined
  const { feeBps, bump, mintA, mintB, vaultA, vaultB } = codec.decode(data)
  return { feeBps, bump, mintA, mintB, vaultA, vaultB }
}

/** The owner of a pool's vaults, and the bump that its state keeps. */
export function vaultOwnerOf(pool: Address, program: Address): { readonly address: Address; readonly bump: number } {
  return programDerivedAddress(program, [
    new TextEncoder().encode('pool'),
    new Uint8Array(getAddressEncoder().encode(pool)),
  ])
}
