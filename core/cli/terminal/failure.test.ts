import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { ForgeError } from '../../errors/forge-error.ts'
import { asForgeError, failureDocument, failureText } from './failure.ts'
import { translateOclifError } from './parse-errors.ts'

const plain = (error: ForgeError): string => stripVTControlCharacters(failureText(error))

test('an error is told with its code, place, causes and remedy', () => {
  const error = new ForgeError('CANDLES_INVALID', {
    message: 'line 3 has no close',
    remedy: 'Add it.',
    context: { file: 'candles.csv', line: 3 },
    cause: new Error('split failed', { cause: new Error('deeper') }),
  })
  expect(plain(error).split('\n')).toEqual([
    'error[CANDLES_INVALID] line 3 has no close',
    '  at      candles.csv:3',
    '  because split failed',
    '  because deeper',
    '  remedy  Add it.',
  ])
})

test('with --json an error is a document with its place and exit code', () => {
  const error = new ForgeError('CLUSTER_UNKNOWN', {
    message: 'no "locl"',
    context: { file: 'x.yaml', line: 1, column: 2, name: 'locl' },
  })
  expect(failureDocument(error)).toEqual({
    error: {
      code: 'CLUSTER_UNKNOWN',
      message: 'no "locl"',
      remedy: error.remedy,
      place: { file: 'x.yaml', line: 1, column: 2 },
      context: { name: 'locl' },
      causes: [],
    },
    exitCode: 78,
  })
})

test('a cause that the message tells already is not told twice', () => {
  const cause = new Error('ENOENT: no such file')
  const error = new ForgeError('CANDLES_INVALID', { message: 'candles.csv: ENOENT: no such file', cause })
  expect(plain(error)).not.toContain('because')
  const own = new ForgeError('PLUGIN_CONFIG_INVALID', { message: 'expires: "1s" is too short' })
  const named = new ForgeError('PLUGIN_CONFIG_INVALID', { message: `plan: ${own.message}`, cause: own })
  expect(plain(named)).not.toContain('because')
  const other = new ForgeError('CONFIG_INVALID', { message: own.message, cause: own })
  expect(plain(other)).toContain('because [PLUGIN_CONFIG_INVALID]')
  const http = new ForgeError('HTTP_FAILED', { message: 'https://x/ gave no answer: reset' })
  const venue = new ForgeError('VENUE_UNAVAILABLE', { message: `no quote: ${http.message}`, cause: http })
  expect(plain(venue)).not.toContain('because')
})

test('a full disk is no defect of ours', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
  expect(asForgeError(full)).toMatchObject({ code: 'FILE_REFUSED', exitCode: 1 })
})

test('what nobody foresaw says so, with its stack', () => {
  const error = asForgeError(new TypeError('x is not a function'))
  expect(error.code).toBe('UNEXPECTED')
  expect(error.exitCode).toBe(1)
  expect(plain(error)).toContain('failure.test.ts')
})

test("oclif's parser errors become usage errors with what was probably meant", () => {
  const oclif = (message: string): Error => Object.assign(new Error(message), { oclif: { exit: 2 } })
  const wrong = translateOclifError(oclif('Expected --type=dcaa to be one of: dca, grid\nSee more help with --help'))
  expect(wrong).toMatchObject({
    code: 'FLAG_INVALID',
    message: '--type can not be "dcaa"',
    remedy: 'Did you mean "dca"?',
  })
  const missing = translateOclifError(
    oclif(
      'The following errors occurred:\n  Missing required flag type\n  Missing required flag config\nSee more help with --help',
    ),
  )
  expect(missing).toMatchObject({ code: 'FLAG_MISSING', message: '--type and --config must be given' })
  const both =
    '--compare=x cannot also be provided when using --replay\n--replay=y cannot also be provided when using --compare'
  expect(translateOclifError(oclif(both))).toMatchObject({
    message: '--compare and --replay can not be given together',
  })
  const own = new ForgeError('FLAG_INVALID', { message: '--out is empty', remedy: 'Give a path.' })
  own.message = `Parsing --out \n\t${own.message}\nSee more help with --help`
  expect(translateOclifError(own)).toMatchObject({ message: '--out is empty', remedy: 'Give a path.' })
  const parsing = 'Parsing --port \n\tExpected an integer but received: abc\nSee more help with --help'
  expect(translateOclifError(oclif(parsing))).toMatchObject({
    code: 'FLAG_INVALID',
    message: '--port: expected an integer but received: abc',
  })
  expect(translateOclifError(oclif('Unexpected argument: x\nSee more help with --help'))).toMatchObject({
    code: 'USAGE',
    message: 'Unexpected argument: x',
  })
})
