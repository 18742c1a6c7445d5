import { readFileSync } from 'node:fs'
import { address } from '@solana/kit'

/** Where the swap program lives on the embedded chain: the address of `derivedKey('swap program')`. */
export const SWAP_PROGRAM = address('Bk7s9FbAcfMu7RmWjZZgT5HhcuMMjAqQ8rtNT4bmMEWZ')
/** What the market's API calls it, as in `/program-id-to-label`. */
export const SWAP_PROGRAM_LABEL = 'SniperForge'

/** The compiled program, as committed beside its source. */
export function swapProgramElf(): Uint8Array {
  return new Uint8Array(readFileSync(new URL('swap.so', import.meta.url)))
}

/** What the program fails with: `custom program error` codes, and the meaning of each. */
export const SWAP_ERRORS: Readonly<Record<number, string>> = {
  6000: 'the instruction is not one of this program',
  6001: 'slippage: the route gives less than the minimum, or costs more than the maximum',
  6002: 'wrong number of accounts',
  6003: 'the pool is not one of this program',
  6004: 'the pool is initialised already',
  6005: 'a vault is not the one of this pool, or not fit to be one',
  6006: 'the vault owner is not the one of this pool',
  6007: 'a mint is not an initialised mint of the token program, or both are the same',
  6008: 'a signature is missing',
  6009: 'the amount is zero',
  6010: 'the token program is not the SPL token program',
  6011: 'the source or destination is not a token account for this route',
  6012: 'the fee is 10,000 bps or more',
  6013: 'the hops do not follow each other, or use a pool twice',
  6014: 'the pool has not enough liquidity for this amount, or the amount is too small to give anything',
}

/** `custom program error` code of a breached minimum or maximum; the same number as Jupiter's program gives. */
export const SLIPPAGE_EXCEEDED = 6001
