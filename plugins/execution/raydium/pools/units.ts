import BN from 'bn.js'

export { MAX_UNITS } from '../../../../core/index.ts'

/** Configurations whose pools are looked for at their derived addresses; both programs number theirs from zero. */
export const CONFIGS_MAX = 20

/** Raydium's fee rates are hundredths of a basis point. */
export const FEE_RATE_PER_BPS = 100

export function bn(units: bigint): BN {
  return new BN(units.toString())
}

export function fromBn(value: BN): bigint {
  return BigInt(value.toString())
}
