const ZERO = 48
const POINT = 46
const HYPHEN = 45
const COLON = 58
const LETTER_T = 84
const SPACE = 32
const LETTER_Z = 90
/** So far below zero that nothing added makes up for it. */
const NO_DIGIT = -100_000
/** Digits a float64 holds exactly. */
const EXACT_DIGITS = 15
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power)

/** A number from bytes, the same as `Number` of their text; NaN for what is none. */
export function numberField(bytes: Uint8Array, from: number, to: number): number {
  let mantissa = 0
  let digits = 0
  let point = -1
  for (let place = from; place < to; place++) {
    const byte = bytes[place]!
    const digit = byte - ZERO
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit
      digits++
    } else if (byte === POINT && point < 0) point = place
    else return slowNumber(bytes, from, to)
  }
  if (digits === 0 || digits > EXACT_DIGITS) return slowNumber(bytes, from, to)
  // Both are exact, and so is the rounding of one division.
  return point < 0 ? mantissa : mantissa / POWERS[to - point - 1]!
}

function slowNumber(bytes: Uint8Array, from: number, to: number): number {
  const text = fieldText(bytes, from, to)
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
}

/** A field without the spaces and quotes around it. */
export function fieldText(bytes: Uint8Array, from: number, to: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
    .toString('latin1')
    .trim()
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text
}

/**
 * The parts of `2024-01-01T00:05:00Z` (or with a space, or with thousandths as in `00.000Z`):
 * `[year, month, day, hour, minute, second, thousandth]` in `parts`.
 *
 * @returns whether it has just one of these forms
 */
export function isoParts(bytes: Uint8Array, from: number, to: number, parts: Int32Array): boolean {
  if (bytes[to - 1] !== LETTER_Z) return false
  if (to - from === 24 && bytes[from + 19] === POINT)
    parts[6] = 10 * twoDigits(bytes, from + 20) + oneDigit(bytes, from + 22)
  else if (to - from === 20) parts[6] = 0
  else return false
  if (bytes[from + 4] !== HYPHEN || bytes[from + 7] !== HYPHEN) return false
  const between = bytes[from + 10]
  if (between !== LETTER_T && between !== SPACE) return false
  if (bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return false
  const year = 100 * twoDigits(bytes, from) + twoDigits(bytes, from + 2)
  parts[0] = year
  parts[1] = twoDigits(bytes, from + 5)
  parts[2] = twoDigits(bytes, from + 8)
  parts[3] = twoDigits(bytes, from + 11)
  parts[4] = twoDigits(bytes, from + 14)
  parts[5] = twoDigits(bytes, from + 17)
  return (
    year >= 0 &&
    parts[1]! >= 0 &&
    parts[2]! >= 0 &&
    parts[3]! >= 0 &&
    parts[4]! >= 0 &&
    parts[5]! >= 0 &&
    parts[6]! >= 0
  )
}

/** Far below zero for anything but digits, also when it is multiplied and added to. */
function twoDigits(bytes: Uint8Array, place: number): number {
  return 10 * oneDigit(bytes, place) + oneDigit(bytes, place + 1)
}

function oneDigit(bytes: Uint8Array, place: number): number {
  const digit = bytes[place]! - ZERO
  return digit >= 0 && digit <= 9 ? digit : NO_DIGIT
}
