import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { BUILT_IN_PLUGINS } from '../../../core/app/builtin-plugins.ts'
import { builtIn, createRegistry } from '../../../core/registry/create-registry.ts'
import { formatTestReports } from '../../../core/testing/pipeline-test/report.ts'
import { runPipelineTests } from '../../../core/testing/pipeline-test/run-pipeline-tests.ts'

const folder = mkdtempSync(join(tmpdir(), 'order-tests-'))
afterAll(() => rmSync(folder, { recursive: true }))

const PIPELINE = `
pipeline: guarded
summary: A sale with a stop.
nodes:
  prices: {source: pool-price, with: {pair: SOL/USDC}}
  sell:   {strategy: single, with: {spend: 1 SOL, into: USDC}}
  stop:   {order: stop-loss, from: [sell, prices], with: {trigger: "140", size: 50%, expires: 1d}}
  swap:   {execution: best-route, from: stop}
  out:    {sink: console, from: [stop, swap]}
`

const TESTS = `
tests:
  - name: half of what there is, at the first price at or below 140
    mocks: {wallet: [8 SOL]}
    events:
      - {at: +1m, node: prices, event: {kind: price, pair: SOL/USDC, price: 150}}
      - {at: +2m, node: prices, event: {kind: price, pair: SOL/USDC, price: 145, low: 139}}
      - {at: +3m, node: prices, event: {kind: price, pair: SOL/USDC, price: 139}}
    expect:
      orders:
        - {state: filled, input: 4 SOL, output: 580 USDC}
      output: [armed, triggered, filled  4 SOL → 580 USDC]

  - name: an intent may have terms of its own
    events:
      - at: +0s
        node: sell
        event: {kind: intent, key: mine, input: 1 SOL, output: USDC, terms: {trigger: "149", size: 0.5 SOL}}
      - {at: +1m, node: prices, event: {kind: price, pair: SOL/USDC, price: 150}}
      - {at: +2m, node: prices, event: {kind: price, pair: SOL/USDC, price: 148}}
    expect:
      events:
        stop:
          - {kind: report, state: armed, key: mine}
          - {kind: report, state: triggered, cause: "/148 USDC .* at or below 149 USDC/"}
          - {kind: intent, key: mine, input: 0.5 SOL}

  - name: it expires, and one that waits is no failure
    events:
      - {at: +1m, node: prices, event: {kind: price, pair: SOL/USDC, price: 150}}
      - {at: +25h, node: prices, event: {kind: price, pair: SOL/USDC, price: 100}}
    expect:
      orders: [{state: expired, code: ORDER_EXPIRED}]

  - name: when the test is over, it is still armed
    events:
      - {at: +1m, node: prices, event: {kind: price, pair: SOL/USDC, price: 150}}
      - {at: +2h, node: prices, event: {kind: price, pair: SOL/USDC, price: 151}}
    until: +1h
    expect:
      ended: drained
      orders: [{state: armed}]
`

describe('tests of a pipeline with an order node', () => {
  const run = (tests: string) => {
    writeFileSync(join(folder, 'guarded.yaml'), PIPELINE)
    writeFileSync(join(folder, 'guarded.test.yaml'), tests)
    const { registry } = createRegistry(builtIn(BUILT_IN_PLUGINS))
    return runPipelineTests(join(folder, 'guarded.yaml'), { registry })
  }

  it('pass: prices in, orders out', async () => {
    const report = await run(TESTS)
    expect(report.ok, formatTestReports([report])).toBe(true)
    expect(report.tests).toHaveLength(4)
  })

  it('fail when something else comes of it', async () => {
    const report = await run(TESTS.replace('4 SOL, output: 580 USDC}', '5 SOL}'))
    expect(report.tests.map(({ ok }) => ok)).toEqual([false, true, true, true])
  })
})
