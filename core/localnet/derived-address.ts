import { createHash } from 'node:crypto'
import { type Address, getAddressDecoder, getAddressEncoder, isOffCurveAddress } from '@solana/kit'
import { ASSOCIATED_TOKEN_PROGRAM_ADDRESS, TOKEN_PROGRAM_ADDRESS } from '@solana-program/token'

const MARKER = new TextEncoder().encode('ProgramDerivedAddress')

/** An address that a program alone can sign for, without waiting for WebCrypto as @solana/kit's derivation does. */
export function programDerivedAddress(
  program: Address,
  seeds: readonly Uint8Array[],
): { readonly address: Address; readonly bump: number } {
  const programBytes = getAddressEncoder().encode(program)
  for (let bump = 255; bump >= 0; bump--) {
    const hash = createHash('sha256')
    for (const seed of seeds) hash.update(seed)
    hash.update(Uint8Array.of(bump)).update(new Uint8Array(programBytes)).update(MARKER)
    const address = getAddressDecoder().decode(hash.digest())
    if (isOffCurveAddress(address)) return { address, bump }
  }
  throw new RangeError('no bump gives an address off the curve')
}

const associated = new Map<string, Address>()

/** The associated token account of the SPL token program. */
export function associatedTokenAddress(owner: Address, mint: Address): Address {
  const key = `${owner}${mint}`
  const known = associated.get(key)
  if (known) return known
  const encode = (address: Address): Uint8Array => new Uint8Array(getAddressEncoder().encode(address))
  const { address } = programDerivedAddress(ASSOCIATED_TOKEN_PROGRAM_ADDRESS, [
    encode(owner),
    encode(TOKEN_PROGRAM_ADDRESS),
    encode(mint),
  ])
  if (associated.size >= 10_000) associated.clear()
  associated.set(key, address)
  return address
}
