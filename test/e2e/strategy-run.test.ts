import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { newHome, ROOT, sniperforge } from './command.ts'

const DCA = ['strategy-run', '--type', 'dca', '--config', 'configs/strategies/dca.json']
const home = newHome()
afterAll(() => home.remove())

async function documentOf(args: readonly string[]): Promise<RunDocument> {
  const { code, stdout, stderr } = await sniperforge(home.path, [...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as RunDocument
}

/** What the documents of two equal runs share. */
function repeatable({ timing: _, dataDirectory: __, ...rest }: RunDocument): object {
  return rest
}

function change(run: RunDocument, symbol: string): bigint {
  const held = (when: 'before' | 'after'): bigint =>
    BigInt(run.portfolio[when].tokens.find(token => token.symbol === symbol)?.amount ?? 0)
  return held('after') - held('before')
}

const sum = (values: readonly string[]): bigint => values.reduce((total, value) => total + BigInt(value), 0n)

describe('the first command', () => {
  let run: RunDocument
  beforeAll(async () => {
    run = await documentOf(DCA)
  })

  test('buys twelve times, an hour apart, each by a transaction of its own', () => {
    expect(run.counts).toMatchObject({ orders: 12, sent: 12, filled: 12, failed: 0 })
    expect(new Set(run.fills.map(fill => fill.signature)).size).toBe(12)
    const hours = run.fills.map(fill => Date.parse(fill.time) / 3_600_000)
    expect(hours.slice(1).map((hour, index) => Math.floor(hour) - Math.floor(hours[index]!))).toEqual(Array(11).fill(1))
  })

  test("its fills are the chain's balance changes, to the unit", () => {
    expect(change(run, 'USDC')).toBe(-sum(run.fills.map(fill => fill.input.amount)))
    const sol = BigInt(run.portfolio.after.sol_lamports) - BigInt(run.portfolio.before.sol_lamports)
    const received = sum(run.fills.map(fill => fill.output.amount))
    expect(sol).toBe(received - BigInt(run.costs.total_lamports) - BigInt(run.costs.rent_lamports))
  })

  test('its document is what the schema says', () => {
    const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/run.schema.json'), 'utf8')) as object
    const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': true } })
    const validate = ajv.compile(schema)
    validate(run)
    expect(validate.errors).toBeNull()
    expect(ajv.compile(schema)({ ...run, fills: 3 })).toBe(false)
  })

  test('another time it gives the same, but for timing and directory', async () => {
    expect(repeatable(await documentOf(DCA))).toEqual(repeatable(run))
  })

  test('with another seed it trades in another world', async () => {
    const other = await documentOf([...DCA, '--seed', '2'])
    expect(other.genesis).not.toBe(run.genesis)
    expect(other.fills.at(-1)?.output.amount).not.toBe(run.fills.at(-1)?.output.amount)
  })

  test('as a dry run it simulates the same twelve and sends nothing', async () => {
    const dry = await documentOf([...DCA, '--dry-run'])
    expect(dry.counts).toMatchObject({ orders: 12, sent: 0, filled: 0, simulated: 12 })
    expect({ ...dry.portfolio.after, slot: 0 }).toEqual({ ...dry.portfolio.before, slot: 0 })
    expect(dry.simulated[0]?.output.amount).toBe(run.fills[0]?.output.amount)
  })

  test('is told to people as twelve purchases with their signatures, and a summary', async () => {
    const { code, stdout } = await sniperforge(home.path, DCA)
    expect(code).toBe(0)
    for (const fill of run.fills) expect(stdout).toContain(fill.signature)
    expect(stdout.split('\n').filter(line => line.includes('  filled  '))).toHaveLength(12)
    expect(stdout).toMatch(/Done: 12 orders, 12 filled\.\n {2}spent +120 USDC\n {2}received +\S+ SOL\n/)
    expect(stdout).toMatch(/average price +\S+ USDC per SOL/)
  })

  test('can be read again as history, also as CSV and JSON', async () => {
    await documentOf(DCA)
    const csv = await sniperforge(home.path, ['history', '--format', 'csv'])
    const lines = csv.stdout.trim().split(/\r?\n/)
    expect(lines[0]).toContain('signature')
    expect(lines.filter(line => line.includes(',filled,'))).toHaveLength(12)
    const json = await sniperforge(home.path, ['history', '--format', 'json'])
    const entries = JSON.parse(json.stdout) as { report: { state: string } }[]
    expect(entries.filter(entry => entry.report.state === 'filled')).toHaveLength(12)
  })

  test('has orders whose way can be followed', async () => {
    await documentOf(DCA)
    const list = await sniperforge(home.path, ['orders', 'list'])
    expect(list.stdout.split('\n').filter(line => line.includes('  filled  '))).toHaveLength(12)
    expect((await sniperforge(home.path, ['orders', 'list', '--open'])).stdout.trim()).toBe('No orders.')
    const shown = await sniperforge(home.path, ['orders', 'show', run.orders[3]!.id.slice(0, 8)])
    const states = shown.stdout.split('\n').flatMap(line => /^\d{4}\S+ \S+ +(\w+)/.exec(line)?.[1] ?? [])
    expect(states).toEqual(['created', 'sent', 'filled'])
  })
})

test('a settings file is found below configs/, and single settings are overridden by --set', async () => {
  const run = await documentOf([
    'strategy-run',
    '--type',
    'dca',
    '--config',
    'dca.json',
    '--set',
    'amount=25 USDC',
    '--set',
    'slots=2',
  ])
  expect(run.fills.map(fill => fill.input.amount)).toEqual(['25000000', '25000000'])
})

test('with a candle file the prices paid are its closes, but for fee and impact', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'candles-'))
  const file = join(directory, 'candles.csv')
  const start = Date.parse('2024-03-01T00:00:00Z')
  const candles = Array.from({ length: 13 * 12 }, (_, index) => {
    const open = 100 + index / 4
    return { time: new Date(start + index * 300_000).toISOString(), open, close: 100 + (index + 1) / 4 }
  })
  const rows = candles.map(({ time, open, close }) => `${time},${open},${close + 0.1},${open - 0.1},${close},10`)
  writeFileSync(file, ['timestamp,open,high,low,close,volume', ...rows].join('\n'))
  const run = await documentOf([...DCA, '--market', file])
  expect(run.fills).toHaveLength(12)
  for (const fill of run.fills) {
    const price = (Number(fill.input.amount) / 1e6 / Number(fill.output.amount)) * 1e9
    const at = Date.parse(fill.time)
    const closed = candles.findLast(({ time }) => Date.parse(time) + 300_000 <= at)
    const expected = closed?.close ?? candles[0]!.open
    expect(Math.abs(price / expected - 1)).toBeLessThan(0.002)
  }
})
