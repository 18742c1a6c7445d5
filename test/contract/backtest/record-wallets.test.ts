import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareWithRecord, replayAndCompare } from '../../../core/app/commands/backtest-compare.ts'
import { packageFile } from '../../../core/app/package-root.ts'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { runInProcess } from '../trading/run-in-process.ts'
import { command } from './command-options.ts'
import { walkOf, writeCandles } from './toys.ts'

const directory = mkdtempSync(join(tmpdir(), 'record-wallets-'))
afterAll(() => rmSync(directory, { recursive: true }))
const market = writeCandles(join(directory, 'market.csv'), walkOf(96))
const record = join(directory, 'run.jsonl')
const file = join(directory, 'two-wallets.yaml')
const example = readFileSync(packageFile('configs', 'pipelines', 'two-wallets.yaml'), 'utf8')
const options = (data: readonly string[]) => ({
  ...command(directory, { file, data, feeSol: '10' }),
  record,
})
let run: RunDocument

beforeAll(async () => {
  // So that what one wallet's budget claims is refused to a strategy in it, and not in the other wallet.
  const pipeline = example.replace('budget: 9800 USDC', 'budget: 9960 USDC').replaceAll('best-route', 'localnet')
  const kept = { dataDirectory: undefined, recordFile: record }
  run = await runInProcess(directory, { pipeline, data: 'two-wallets', market, ...kept })
}, 120_000)

describe('a run with two wallets', () => {
  it('has trades in both, and orders that were refused in one', () => {
    expect(run.ended).toBe('completed')
    expect(new Set(run.fills.map(({ node, wallet }) => `${node} ${wallet ?? ''}`))).toEqual(
      new Set(['grid ', 'extra ', 'save savings']),
    )
    const refused = run.orders.filter(({ state }) => state === 'failed')
    expect(new Set(refused.map(({ node, reason }) => `${node} ${reason?.code}`))).toEqual(
      new Set(['extra BUDGET_CLAIMED']),
    )
  })

  it('is replayed from its record with the same decisions, in each wallet', async () => {
    const { comparison, ok } = await replayAndCompare(options([]))
    expect(comparison.parting).toBeUndefined()
    expect([ok, comparison.worstBps, comparison.unmatched]).toEqual([true, 0, []])
    expect(comparison.decisions).toBe(run.orders.length)
    expect(new Set(comparison.fills.map(({ node }) => node))).toEqual(new Set(['grid', 'extra', 'save']))
  })

  it('is backtested with the same decisions and refusals, and fills within a basis point', async () => {
    const { comparison, ok } = await compareWithRecord({ ...options([market]), maxBps: 1, landsAsAsked: false })
    expect(comparison.parting).toBeUndefined()
    expect(comparison.unmatched).toEqual([])
    expect([ok, comparison.worstBps < 1]).toEqual([true, true])
  })

  it('is told from one whose savings belong to the other wallet', async () => {
    const other = join(directory, 'other.yaml')
    writeFileSync(
      other,
      readFileSync(file, 'utf8')
        .replace(', wallet: savings', '')
        .replace(/wallets:\n.*\n/, ''),
    )
    const { request, ...rest } = options([])
    await expect(replayAndCompare({ ...rest, request: { ...request, file: other } })).rejects.toMatchObject({
      code: 'RECORD_INVALID',
      message: expect.stringMatching(/in the record save\w* trades with "savings", and here with the run's own wallet/),
    })
  })

  it('has a record that is refused where a wallet of it is no text', async () => {
    const broken = join(directory, 'broken.jsonl')
    writeFileSync(broken, readFileSync(record, 'utf8').split('\n', 1)[0]!.replace('"savings"', '7'))
    appendFileSync(broken, '\n')
    await expect(replayAndCompare({ ...options([]), record: broken })).rejects.toMatchObject({ code: 'RECORD_INVALID' })
  })
})
