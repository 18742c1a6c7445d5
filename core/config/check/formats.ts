import { Cron } from 'croner'
import type { ErrorCode } from '../../errors/codes.ts'
import { isForgeError, messageOf } from '../../errors/forge-error.ts'
import { listOf, nearest } from '../../errors/suggest.ts'
import { parseUnits } from '../../money/amount.ts'
import { PRICE_DECIMALS } from '../../money/price.ts'
import type { TokenDirectory } from '../../money/token.ts'
import { readCondition } from '../../orders/conditions/condition.ts'
import { parseDuration } from '../../time/duration.ts'
import type { TextPart } from '../diagnostic.ts'

/** Why a text has not the form its field needs. */
export interface FormatProblem {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
  /** The piece of the text that is wrong. */
  readonly part?: TextPart
}

type FormatCheck = (text: string, tokens: TokenDirectory | undefined) => FormatProblem | undefined

interface TextFormat {
  readonly noun: string
  readonly example: string
  readonly check: FormatCheck
}

/** The formats of fields, with an example each: what `Field` of the plugin contract writes into schemas. */
export const FORMATS: Readonly<Record<string, TextFormat>> = {
  amount: { noun: 'an amount', example: '10 USDC', check: checkAmount },
  size: { noun: 'a size', example: '50%', check: checkSize },
  token: { noun: 'a token', example: 'SOL', check: checkToken },
  pair: { noun: 'a pair of tokens', example: 'SOL/USDC', check: checkPair },
  price: { noun: 'a price', example: '140.25', check: checkPrice },
  duration: { noun: 'a duration', example: '1h30m', check: checkDuration },
  time: { noun: 'a time', example: '2026-01-31T12:00:00Z', check: checkTime },
  condition: { noun: 'a condition', example: 'price(SOL/USDC) < 140', check: checkCondition },
  cron: { noun: 'a cron expression', example: '0 * * * *', check: checkCron },
  path: { noun: 'the path of a file', example: 'configs/strategies/dca.json', check: checkPath },
  url: { noun: 'a URL', example: 'https://example.com/hook', check: checkUrl },
}

/** Characters of a text that messages repeat. */
const SHOWN = 60

/** What is wrong with a text of that format; nothing when it is right or the format is not ours. */
export function formatProblem(format: string, text: string, tokens?: TokenDirectory): FormatProblem | undefined {
  if (!Object.hasOwn(FORMATS, format)) return undefined
  const problem = FORMATS[format]!.check(text, tokens)
  if (!problem || text.length <= SHOWN) return problem
  return { ...problem, message: shorten(problem.message), hint: shorten(problem.hint) }
}

function shorten(text: string): string {
  return text.length > 3 * SHOWN ? `${text.slice(0, SHOWN)}… ${text.slice(-SHOWN)}` : text
}

function checkAmount(text: string, tokens: TokenDirectory | undefined): FormatProblem | undefined {
  const wrong = (message: string, hint = 'write a number, a space and a token, as in "10 USDC"'): FormatProblem => ({
    code: 'AMOUNT_INVALID',
    message,
    hint,
  })
  const trimmed = text.trim()
  if (/^[\d._]+$/.test(trimmed)) {
    const symbols = tokens?.tokens.map(one => one.symbol) ?? []
    const example = `write its token too, as in "${trimmed} ${symbols.includes('USDC') ? 'USDC' : (symbols[0] ?? 'USDC')}"`
    return wrong(`"${text}" is a number without a token`, example)
  }
  if (/^-/.test(trimmed)) return wrong(`"${text}" is negative`)
  if (/^[\d._]+e[+-]?\d+(?:\s|$)/i.test(trimmed))
    return wrong(`"${text}" has an exponent`, 'write out all its digits, as in "1000000 USDC"')
  const tight = /^([\d._]+)([A-Za-z]\S*)$/.exec(trimmed)
  if (tight) return wrong(`"${text}" has no space before its token`, `write "${tight[1]} ${tight[2]}"`)
  const turned = /^([A-Za-z$]\S*)\s+([\d._]+)$/.exec(trimmed)
  if (turned) return wrong(`"${text}" has its token first`, `write "${turned[2]} ${turned[1]}"`)
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?\s/.test(trimmed))
    return wrong(`"${text}" has a comma`, `write "${trimmed.replaceAll(',', '')}"`)
  const match = /^([\d._]+)\s+(\S+)$/.exec(trimmed)
  if (!match) return wrong(`"${text}" is not an amount`)
  const unknown = checkToken(match[2]!, tokens)
  if (unknown) return unknown
  if (!tokens) return /^[\d_]+(?:\.[\d_]+)?$/.test(match[1]!) ? undefined : wrong(`"${match[1]}" is not a number`)
  try {
    parseUnits(match[1]!, tokens.find(match[2]!).decimals)
    return undefined
  } catch (thrown) {
    if (!isForgeError(thrown)) throw thrown
    return wrong(thrown.message, lowerFirst(thrown.remedy))
  }
}

function checkSize(text: string, tokens: TokenDirectory | undefined): FormatProblem | undefined {
  if (!text.trim().endsWith('%')) return checkAmount(text, tokens)
  const share = /^(\d{1,3}(?:\.\d{1,2})?)\s*%$/.exec(text.trim())?.[1]
  if (share !== undefined && Number(share) > 0 && Number(share) <= 100) return undefined
  const hint = 'write more than 0% and up to 100%, with two decimals at most, as in "50%"'
  return { code: 'SIZE_INVALID', message: `"${text}" is no share of a holding`, hint }
}

const SYMBOL = /^[A-Za-z$][\w$.-]{0,15}$/
const MINT = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/

function checkToken(text: string, tokens: TokenDirectory | undefined): FormatProblem | undefined {
  if (!SYMBOL.test(text) && !MINT.test(text)) {
    const hint = 'write a symbol as in "SOL", or a mint address'
    return { code: 'TOKEN_UNKNOWN', message: `"${text}" is not a token`, hint }
  }
  if (!tokens) return undefined
  try {
    tokens.find(text)
    return undefined
  } catch (thrown) {
    if (!isForgeError(thrown, 'TOKEN_UNKNOWN')) throw thrown
    const symbols = tokens.tokens.map(one => one.symbol)
    const meant = MINT.test(text) ? undefined : nearest(text, symbols)
    const hint = meant ? `did you mean "${meant}"?` : `tokens of ${tokens.cluster}: ${listOf(symbols)}`
    return { code: 'TOKEN_UNKNOWN', message: `${tokens.cluster} has no token "${text}"`, hint }
  }
}

function checkPair(text: string, tokens: TokenDirectory | undefined): FormatProblem | undefined {
  const parts = text.split('/')
  const hint = 'write base and quote with a slash, as in "SOL/USDC"'
  if (parts.length !== 2 || parts.some(part => part.trim() !== part || part === '')) {
    return { code: 'CONFIG_PAIR_INVALID', message: `"${text}" is not a pair of tokens`, hint }
  }
  for (const part of parts) {
    const problem = checkToken(part, tokens)
    if (problem) return problem
  }
  if (parts[0]!.toLowerCase() !== parts[1]!.toLowerCase()) return undefined
  return { code: 'CONFIG_PAIR_INVALID', message: `"${text}" is a token against itself`, hint }
}

function checkPrice(text: string): FormatProblem | undefined {
  const wrong = (message: string): FormatProblem => ({
    code: 'PRICE_INVALID',
    message,
    hint: 'write a positive number, as in "140.25"',
  })
  try {
    return parseUnits(text, PRICE_DECIMALS) > 0n ? undefined : wrong('a price has to be above zero')
  } catch (thrown) {
    if (!isForgeError(thrown)) throw thrown
    return wrong(/decimals/.test(thrown.message) ? thrown.message : `"${text}" is not a price`)
  }
}

const LONG_UNITS: readonly (readonly [RegExp, string])[] = [
  [/^(?:ms|msecs?|millis(?:econds)?|milliseconds?)$/i, 'ms'],
  [/^(?:s|secs?|seconds?)$/i, 's'],
  [/^(?:m|mins?|minutes?)$/i, 'm'],
  [/^(?:h|hrs?|hours?)$/i, 'h'],
  [/^(?:d|days?)$/i, 'd'],
  [/^(?:w|weeks?)$/i, 'w'],
]

function checkDuration(text: string): FormatProblem | undefined {
  try {
    parseDuration(text)
    return undefined
  } catch (thrown) {
    if (!isForgeError(thrown)) throw thrown
    const trimmed = text.trim()
    const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(trimmed)
    const unit = match && LONG_UNITS.find(([pattern]) => pattern.test(match[2]!))?.[1]
    if (match && unit)
      return { code: 'DURATION_INVALID', message: `"${text}" is not a duration`, hint: `write "${match[1]}${unit}"` }
    if (/^\d+(?:\.\d+)?$/.test(trimmed)) {
      const message = `"${text}" is a number without a unit`
      return { code: 'DURATION_INVALID', message, hint: `write "${trimmed}s", "${trimmed}m" or "${trimmed}h"` }
    }
    const hint = 'write numbers with units ms, s, m, h, d or w, as in "1h30m"'
    return { code: 'DURATION_INVALID', message: `"${text}" is not a duration`, hint }
  }
}

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/

function checkTime(text: string): FormatProblem | undefined {
  const wrong = (message: string, hint = 'write it as in "2026-01-31T12:00:00Z"'): FormatProblem => ({
    code: 'CONFIG_TIME_INVALID',
    message,
    hint,
  })
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return wrong(`"${text}" is a date without a time`, `write "${text}T00:00:00Z"`)
  const match = TIME.exec(text.replace(/^(\d{4}-\d{2}-\d{2})t/, '$1T'))
  if (!match) return wrong(`"${text}" is not a time`)
  if (!match[5]) return wrong(`"${text}" has no zone`, `write "${text}Z" for UTC`)
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (month < 1 || month > 12) return wrong(`there is no month ${month}`)
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  return day < 1 || day > days ? wrong(`${match[1]}-${match[2]} has no day ${day}`) : undefined
}

function checkCron(text: string): FormatProblem | undefined {
  const hint = 'five fields in UTC: minute, hour, day, month, weekday, as in "0 * * * *"'
  const count = text.trim().split(/\s+/).length
  if (count !== 5) {
    const message =
      text.trim() === ''
        ? 'a cron expression is empty'
        : `"${text}" has ${count} ${count === 1 ? 'field' : 'fields'}, not five`
    return { code: 'CONFIG_CRON_INVALID', message, hint }
  }
  try {
    new Cron(text, { timezone: 'UTC', paused: true, mode: '5-part' }).stop()
    return undefined
  } catch (thrown) {
    const why = lowerFirst(messageOf(thrown).replace(/^CronPattern:\s*/, ''))
    return { code: 'CONFIG_CRON_INVALID', message: `"${text}" is not a cron expression: ${why}`, hint }
  }
}

function checkCondition(text: string, tokens: TokenDirectory | undefined): FormatProblem | undefined {
  if (!tokens) return undefined
  const read = readCondition(text, tokens)
  const [first, ...others] = 'problems' in read ? read.problems : []
  if (!first) return undefined
  const place = `at "${text.slice(first.at, first.at + first.length)}"`
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  return {
    code: 'CONDITION_INVALID',
    message: `${first.message}, ${place}${more}`,
    hint: lowerFirst(first.remedy),
    part: { at: first.at, length: first.length },
  }
}

function checkPath(text: string): FormatProblem | undefined {
  if (text.trim() !== '' && !text.includes('\u0000')) return undefined
  return { code: 'CONFIG_FORMAT_WRONG', message: 'a path is empty', hint: 'write the path of a file' }
}

function checkUrl(text: string): FormatProblem | undefined {
  if (URL.canParse(text)) return undefined
  return {
    code: 'CONFIG_FORMAT_WRONG',
    message: `"${text}" is not a URL`,
    hint: 'write it with its scheme, as in "https://example.com/hook"',
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
