import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { type Ends, marketOf, runInProcess } from '../trading/run-in-process.ts'

/** Orders that wait, in real pipelines: embedded chain, real journal on the disk, real transactions. */

const folder = mkdtempSync(join(tmpdir(), 'waiting-'))
afterAll(() => rmSync(folder, { recursive: true }))

const RESERVE_LAMPORTS = 10_000_000n

/** A sale of 1 SOL whose key is the same in every run, with that order node on its way. */
function pipelineOf(name: string, order: string): string {
  return [
    `pipeline: ${name}`,
    'summary: An order that waits.',
    'nodes:',
    '  prices: {source: pool-price, with: {pair: SOL/USDC}}',
    '  sell: {strategy: dca, with: {token: USDC, amount: 1 SOL, interval: 7d, slots: 1}}',
    `  wait: ${order}`,
    '  swap: {execution: jupiter, from: wait}',
    '  seen: {sink: console, from: [prices, wait, swap], with: {verbose: true}}',
    '',
  ].join('\n')
}

interface Ran {
  readonly document: RunDocument
  readonly lines: readonly string[]
}

/** @param stop Ends it so when a line with that text is told. */
async function run(
  pipeline: string,
  market: string,
  data: string,
  stop?: { readonly at: string; readonly how: keyof Ends },
): Promise<Ran> {
  const lines: string[] = []
  const document = await runInProcess(folder, { pipeline, data, market }, (text, ends) => {
    lines.push(text)
    if (stop && text.includes(stop.at)) ends[stop.how]()
  })
  return { document, lines }
}

/** `time price`, as the feed gave them. */
function pricesIn(lines: readonly string[]): { readonly time: string; readonly price: number }[] {
  return lines.flatMap(line => {
    const match = /^(\S+ \S+) {2}SOL\/USDC {2}([\d.]+) USDC/.exec(line)
    return match ? [{ time: match[1]!, price: Number(match[2]) }] : []
  })
}

const triggeredIn = (lines: readonly string[]): string[] => lines.filter(line => line.includes('  triggered  '))

const FALL = [150, 152, 155, 151, 148, 145, 141, 138, 139, 136]

describe('a stop-loss in a pipeline', () => {
  it('fires by a transaction at the first price at or below its trigger, and ends the run', async () => {
    const pipeline = pipelineOf('stop', '{order: stop-loss, from: [sell, prices], with: {trigger: "146.5"}}')
    const { document, lines } = await run(pipeline, marketOf(folder, FALL), 'first')
    expect(document).toMatchObject({ ended: 'completed', counts: { orders: 1, sent: 1, filled: 1 }, left: [] })
    const first = pricesIn(lines).find(({ price }) => price <= 146.5)!
    const [triggered, ...others] = triggeredIn(lines)
    expect(others).toEqual([])
    expect(triggered).toContain(`${first.time}  triggered  SOL → USDC: SOL/USDC was ${first.price} USDC`)
    expect(document.fills[0]?.input.amount).toBe('1000000000')
  })

  it('of all the SOL leaves the reserve and nothing besides what fees were set aside for', async () => {
    const pipeline = pipelineOf('all', '{order: stop-loss, from: [sell, prices], with: {trigger: "145", size: "100%"}}')
    const { document } = await run(pipeline, marketOf(folder, FALL), 'all')
    expect(document.counts).toMatchObject({ filled: 1 })
    const left = BigInt(document.portfolio.after.sol_lamports)
    expect(left).toBeGreaterThanOrEqual(RESERVE_LAMPORTS)
    expect(left).toBeLessThan(RESERVE_LAMPORTS + 2_100_000n)
  })

  it('drained, killed after its trigger, and started again trades once', async () => {
    const pipeline = pipelineOf('again', '{order: stop-loss, from: [sell, prices], with: {trigger: "145"}}')
    const market = marketOf(folder, FALL)
    const data = 'again'
    const drained = await run(pipeline, market, data, { at: '  armed  ', how: 'drain' })
    expect(drained.document).toMatchObject({ ended: 'interrupted', counts: { sent: 0 } })
    expect(drained.document.left).toHaveLength(1)
    const killed = await run(pipeline, market, data, { at: '  triggered  ', how: 'abort' })
    expect(killed.lines).toContainEqual(expect.stringMatching(/waits for its trigger at "wait"$/))
    expect(killed.document.left).toEqual(drained.document.left)
    expect(killed.document.counts.filled).toBe(0)
    const last = await run(pipeline, market, data)
    expect(last.lines).toContainEqual(expect.stringMatching(/nothing sent yet: it is resumed$/))
    expect(last.document).toMatchObject({ ended: 'completed', counts: { filled: 1 }, left: [] })
    expect(last.document.fills[0]?.input.amount).toBe('1000000000')
    const once = await run(pipeline, market, data)
    expect(once.document.counts).toMatchObject({ sent: 0 })
    expect(once.document.portfolio.after.tokens).toEqual(last.document.portfolio.after.tokens)
  })
})

describe('a trailing stop in a pipeline', () => {
  it('fires where a reference over the very prices says, also when a run ends in between', async () => {
    const pipeline = pipelineOf('trail', '{order: trailing-stop, from: [sell, prices], with: {offset: "3%"}}')
    const market = marketOf(folder, [150, 152, 158, 161, 158, 157, 155, 150])
    const data = 'trail'
    const first = await run(pipeline, market, data, { at: 'SOL/USDC  160.', how: 'drain' })
    const second = await run(pipeline, market, data)
    const prices = pricesIn([...first.lines, ...second.lines])
    let best = 0
    const expected = prices.find(({ price }) => {
      const fires = best > 0 && price <= best * 0.97
      best = Math.max(best, price)
      return fires
    })!
    expect(first.document.left).toHaveLength(1)
    expect(triggeredIn([...first.lines, ...second.lines])).toEqual([
      expect.stringContaining(`${expected.time}  triggered  SOL → USDC: SOL/USDC was ${expected.price} USDC`),
    ])
    expect(second.lines).toContainEqual(expect.stringMatching(/^ {4}SOL\/USDC .*best so far 16\d/))
    expect(second.document.counts.filled).toBe(1)
  })
})
