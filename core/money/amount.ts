import { ForgeError } from '../errors/forge-error.ts'
import { assertSameToken, type Token, type TokenDirectory } from './token.ts'

/** So many base units of a token: 1 SOL is `{token: SOL, units: 1_000_000_000n}`. */
export interface Amount {
  readonly token: Token
  readonly units: bigint
}

/** The largest amount an SPL token account can hold. */
export const MAX_UNITS = 2n ** 64n - 1n

export function amountOf(token: Token, units: bigint): Amount {
  return { token, units }
}

/** @throws TOKEN_MISMATCH */
export function addAmounts(a: Amount, b: Amount): Amount {
  assertSameToken(a.token, b.token)
  return { token: a.token, units: a.units + b.units }
}

/** @throws TOKEN_MISMATCH */
export function subtractAmounts(a: Amount, b: Amount): Amount {
  assertSameToken(a.token, b.token)
  return { token: a.token, units: a.units - b.units }
}

const DECIMAL = /^(\d{1,20})(?:\.(\d{1,20}))?$/

/**
 * Base units of a decimal text: ("1.5", 9) → 1_500_000_000n.
 *
 * @throws AMOUNT_INVALID for anything but plain digits, more decimals than the token has, or more than 2^64 - 1 units.
 */
export function parseUnits(text: string, decimals: number): bigint {
  const match = DECIMAL.exec(text.trim().replaceAll('_', ''))
  if (!match) throw new ForgeError('AMOUNT_INVALID', { message: `"${text}" is not a plain positive number` })
  const fraction = match[2] ?? ''
  if (fraction.length > decimals && /[1-9]/.test(fraction.slice(decimals))) {
    throw new ForgeError('AMOUNT_INVALID', {
      message: `"${text}" has more than ${decimals} decimals`,
      remedy: `The smallest unit of this token has ${decimals} decimals: round the number yourself.`,
    })
  }
  const units = BigInt(match[1] + fraction.slice(0, decimals).padEnd(decimals, '0'))
  if (units > MAX_UNITS)
    throw new ForgeError('AMOUNT_INVALID', { message: `"${text}" is more than a token account can hold` })
  return units
}

/**
 * An amount from what a user writes: `10 USDC`, `0.5 SOL`, `3 <mint address>`.
 *
 * @throws AMOUNT_INVALID, TOKEN_UNKNOWN
 */
export function parseAmount(text: string, tokens: TokenDirectory): Amount {
  const match = /^\s*([\d._]+)\s+(\S+)\s*$/.exec(text)
  if (!match) throw new ForgeError('AMOUNT_INVALID', { message: `"${text}" is not an amount`, context: { text } })
  const token = tokens.find(match[2]!)
  return { token, units: parseUnits(match[1]!, token.decimals) }
}

/** Decimal text without trailing zeros: (1_500_000_000n, 9) → "1.5". Negative units are allowed. */
export function formatUnits(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = withoutZeros(digits.slice(digits.length - decimals))
  return `${units < 0n ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`
}

function withoutZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end--
  return digits.slice(0, end)
}

/** `1.5 SOL` */
export function formatAmount(amount: Amount): string {
  return `${formatUnits(amount.units, amount.token.decimals)} ${amount.token.symbol}`
}
