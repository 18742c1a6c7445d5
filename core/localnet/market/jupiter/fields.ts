import type { Address } from '@solana/kit'
import { addressBytes } from '../../ledger/address-text.ts'
import { invalid } from './api-error.ts'

/** Readers of single request fields. Each takes what a client sent and throws the API's 400 when it is not that. */

const U64_MAX = 2n ** 64n - 1n

export function addressField(value: unknown, field: string): Address {
  if (typeof value !== 'string' || !addressBytes(value)) throw invalid(field, 'a base58 address')
  return value as Address
}

export function optionalAddressField(value: unknown, field: string): Address | undefined {
  return value === undefined || value === null ? undefined : addressField(value, field)
}

/** Base units above zero, as text or as a whole number. */
export function unitsField(value: unknown, field: string): bigint {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || !/^\d{1,20}$/.test(text)) throw invalid(field, 'a whole number of base units')
  const units = BigInt(text)
  if (units === 0n || units > U64_MAX) throw invalid(field, 'between 1 and 2^64 - 1')
  return units
}

export function wholeField(value: unknown, field: string, range: { min: number; max: number }): number {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < range.min || number > range.max) {
    throw invalid(field, `a whole number from ${range.min} to ${range.max}`)
  }
  return number
}

export function flagField(value: unknown, field: string, fallback: boolean): boolean {
  if (value === undefined || value === null) return fallback
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw invalid(field, 'true or false')
}

export function swapModeField(value: unknown): 'ExactIn' | 'ExactOut' {
  if (value === undefined || value === null || value === 'ExactIn') return 'ExactIn'
  if (value === 'ExactOut') return value
  throw invalid('swapMode', 'ExactIn or ExactOut')
}

export function recordField(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, 'an object')
  return value as Readonly<Record<string, unknown>>
}
