import { tryDecodeBase58 } from '../ledger/address-text.ts'
import type { Commitment } from '../ledger/slots.ts'
import { invalidParams } from './rpc-error.ts'

export type Config = Readonly<Record<string, unknown>>

/** The optional object that ends the parameters of most methods. */
export function configAt(params: readonly unknown[], index: number): Config {
  const value = params[index]
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Config
  // Some methods took a commitment's name in the place of the object, and clients still send it.
  if (typeof value === 'object') throw invalidParams('Invalid params: expected an object of options.')
  throw invalidParams(`Invalid params: invalid type: ${typeof value}, expected an object of options.`)
}

export function stringAt(params: readonly unknown[], index: number, what: string): string {
  const value = params[index]
  if (value === undefined) throw invalidParams(`expected at least ${index + 1} parameter(s)`)
  if (typeof value !== 'string') throw invalidParams(`Invalid params: invalid type: ${typeof value}, expected ${what}.`)
  return value
}

/** A base58 address of 32 bytes. */
export function addressAt(params: readonly unknown[], index: number): string {
  return addressOf(stringAt(params, index, 'a string'))
}

export function addressOf(value: unknown): string {
  return base58Of(value, 32)
}

/** A base58 signature of 64 bytes. */
export function signatureOf(value: unknown): string {
  return base58Of(value, 64)
}

const KNOWN_MAX = 8_192
/** How many bytes a text was found to be: clients ask for the same addresses again and again. */
const byteLengths = new Map<string, number>()

function base58Of(value: unknown, length: number): string {
  if (typeof value !== 'string')
    throw invalidParams(`Invalid params: invalid type: ${typeof value}, expected a string.`)
  if (byteLengths.get(value) === length) return value
  const bytes = tryDecodeBase58(value)
  if (!bytes) throw invalidParams('Invalid param: Invalid')
  if (bytes.length !== length) throw invalidParams('Invalid param: WrongSize')
  if (byteLengths.size >= KNOWN_MAX) byteLengths.clear()
  byteLengths.set(value, length)
  return value
}

/** A whole number that is not negative. */
export function numberAt(params: readonly unknown[], index: number, what: string): number {
  return wholeNumber(params[index], what)
}

export function wholeNumber(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw invalidParams(`Invalid params: invalid value: ${JSON.stringify(value) ?? 'nothing'}, expected ${what}.`)
}

export function optionalNumber(config: Config, key: string): number | undefined {
  const value = config[key]
  return value === undefined || value === null ? undefined : wholeNumber(value, `a number as ${key}`)
}

export function flag(config: Config, key: string): boolean {
  const value = config[key]
  if (value === undefined || value === null) return false
  if (typeof value !== 'boolean')
    throw invalidParams(`Invalid params: invalid type: ${typeof value}, expected a boolean as ${key}.`)
  return value
}

export function choice<const T extends string>(config: Config, key: string, choices: readonly T[], standard: T): T {
  const value = config[key]
  if (value === undefined || value === null) return standard
  const found = choices.find(candidate => candidate === value)
  if (found === undefined) {
    const list = choices.map(name => `\`${name}\``).join(', ')
    throw invalidParams(`Invalid params: unknown variant \`${String(value)}\`, expected one of ${list}.`)
  }
  return found
}

/** Names of commitments that a node still takes, and what they mean now. */
const OLD_COMMITMENTS: Readonly<Record<string, Commitment>> = {
  recent: 'processed',
  single: 'confirmed',
  singleGossip: 'confirmed',
  root: 'finalized',
  max: 'finalized',
}

export function commitmentOf(config: Config, key = 'commitment', standard: Commitment = 'finalized'): Commitment {
  const old = OLD_COMMITMENTS[String(config[key])]
  return old ?? choice(config, key, ['processed', 'confirmed', 'finalized'], standard)
}
