import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import { formatDiagnostic } from '../../config/diagnostic.ts'
import { memoryFiles } from '../../config/files.ts'
import { type AnyPlugin, definePlugin } from '../../plugin/contract.ts'
import { builtIn, createRegistry } from '../../registry/create-registry.ts'
import { formatTestReports, type TestReport, testReportsToJson } from './report.ts'
import { runPipelineTests } from './run-pipeline-tests.ts'

const PLUGINS: readonly AnyPlugin[] = [
  definePlugin({
    kind: 'source',
    name: 'quotes',
    api: 1,
    summary: 'Prices from the network.',
    config: Type.Object({ url: Type.String({ description: 'Where.' }) }),
    takes: [],
    gives: ['price', 'candle', 'signal', 'notice'],
    needs: ['http', 'tokens'],
    examples: [],
    setup: ({ config, services, clock }) => {
      let asked = false
      return {
        pull: async () => {
          if (asked) return undefined
          asked = true
          const answer = await services.http(config.url)
          return { kind: 'notice', at: clock.now(), level: 'info', title: await answer.text(), text: '' }
        },
      }
    },
  }),
  definePlugin({
    kind: 'strategy',
    name: 'dip',
    api: 1,
    summary: 'Buys when the price is below a level.',
    config: Type.Object({ below: Type.Number({ description: 'The level.' }) }),
    takes: ['price'],
    gives: ['intent'],
    needs: ['tokens'],
    examples: [],
    setup: ({ config, services, id }) => ({
      process: event => {
        if (event.kind !== 'price' || event.price.scaled >= BigInt(config.below) * 10n ** 12n) return undefined
        const { base, quote } = event.price.pair
        const amount = { token: services.tokens.find('USDC'), units: 10_000_000n }
        const key = new Date(event.at).toISOString()
        return {
          kind: 'intent',
          at: event.at,
          key,
          node: id,
          input: quote,
          output: base,
          amount,
          exact: 'in',
          reason: 'a dip',
        }
      },
    }),
  }),
  definePlugin({
    kind: 'execution',
    name: 'swap',
    api: 1,
    summary: 'Trades.',
    config: Type.Object({}),
    takes: ['intent'],
    gives: ['report'],
    needs: ['trader'],
    examples: [],
    setup: ({ services, report }) => ({
      process: event => {
        if (event.kind !== 'intent') return undefined
        const venue = {
          name: 'test',
          quote: async () => undefined,
          plan: async () => ({ instructions: [], lookupTables: [] }),
        }
        return services.trader.trade(event, venue, { onReport: report, slippageBps: 50, priorityFee_microLamports: 0n })
      },
    }),
  }),
  definePlugin({
    kind: 'sink',
    name: 'print',
    api: 1,
    summary: 'Prints reports.',
    config: Type.Object({}),
    takes: ['report', 'notice'],
    gives: [],
    needs: ['output'],
    examples: [],
    setup: ({ services }) => ({
      process: event => {
        if (event.kind === 'report') services.output.line(`${event.key} ${event.state}`)
        if (event.kind === 'notice') services.output.line(event.title)
      },
    }),
  }),
]

const PIPELINE = `pipeline: buy-dips
summary: Buys dips.
params:
  below: {type: integer, description: The level.}
nodes:
  quotes: {source: quotes, with: {url: "http://quotes.test/sol"}}
  plan:   {strategy: dip, from: quotes, with: {below: "\${params.below}"}}
  swap:   {execution: swap, from: plan}
  out:    {sink: print, from: [swap, quotes]}
`

const run = (tests: string, only?: string): Promise<TestReport> =>
  runPipelineTests('p/dips.yaml', {
    registry: createRegistry(builtIn(PLUGINS)).registry,
    files: memoryFiles({ 'p/dips.yaml': PIPELINE, 'p/dips.test.yaml': tests }),
    only,
  })

const GIVEN = `    params: {below: 150}
    mocks: {trader: {prices: {SOL/USDC: 140}, delay: 400ms}}
    events:
      - {at: +1h, node: quotes, event: {kind: price, pair: SOL/USDC, price: 151}}
      - {at: +2h, node: quotes, event: {kind: price, pair: SOL/USDC, price: 149.5}}
      - {at: 2026-01-01T03:00:00Z, node: quotes, event: {kind: price, pair: SOL/USDC, price: 140}}
`

describe('a pipeline test', () => {
  it('passes when events, orders, output and end are as expected', async () => {
    const report = await run(`tests:
  - name: buys below the level
${GIVEN}    expect:
      events:
        quotes: [{price: 151}, {price: "149.50"}, {at: +3h}]
        plan:
          - {kind: intent, key: "2026-01-01T02:00:00.000Z", input: 10 USDC, output: SOL}
          - {kind: intent, at: +3h, reason: /dip$/}
        swap:
          - {state: filled, output: 0.071428571 SOL, at: 2026-01-01T02:00:00.4Z}
          - {state: filled}
      counts: {quotes: 3, out: 2}
      orders: [{state: filled, input: 10 USDC}, {state: filled, node: plan}]
      output: ["T02:00:00.000Z filled", "T03:00:00.000Z filled"]
      ended: completed
`)
    expect(formatTestReports([report])).toBe(
      'p/dips.test.yaml\n  ✓ buys below the level\n\n1 test: 1 passed, 0 failed.',
    )
    expect(report.ok).toBe(true)
  })

  it('fails with the lines that differ, and where the file expects them', async () => {
    const report = await run(`tests:
  - name: buys at another price
${GIVEN}    expect:
      events:
        plan:
          - {key: "2026-01-01T02:00:00.000Z", input: 11 USDC}
      counts: {swap: 3}
      orders:
        - {state: filled}
        - state: failed
          code: NO_ROUTE
      output: [nothing of the kind]
      ended: drained
`)
    expect(formatTestReports([report])).toMatchInlineSnapshot(`
      "p/dips.test.yaml
        ✗ buys at another price
            p/dips.test.yaml:19:14: the end
              - drained
              + completed
            p/dips.test.yaml:12:54: plan, event 1 of 1
              - input: 11 USDC
              + input: 10 USDC
            p/dips.test.yaml:12:11: plan, event 2 is not expected
              + {"kind":"intent","at":"2026-01-01T03:00:00Z","key":"2026-01-01T03:00:00.000Z","node":"plan","input":"10 USDC","output":"SOL","exact":"in","reason":"a dip"}
            p/dips.test.yaml:13:22: swap
              - 3 events
              + 2 events
            p/dips.test.yaml:16:18: order 2 of 2
              - state: failed
              + state: filled
              - code: NO_ROUTE
              + code: (nothing)
            p/dips.test.yaml:18:16: output
              - nothing of the kind
              + 2026-01-01T02:00:00.000Z filled
              + 2026-01-01T03:00:00.000Z filled

      1 test: 0 passed, 1 failed."
    `)
    expect(JSON.stringify(testReportsToJson([report]))).toContain('"ok":false')
  })

  it('mocks failing orders and the network', async () => {
    const report = await run(`tests:
  - name: hears of a failure
${GIVEN.replace('delay: 400ms', 'outcomes: [{state: failed, code: NO_ROUTE, times: 1}]')}    expect:
      orders: [{state: failed, code: NO_ROUTE}, {state: filled}]
  - name: asks the network
    params: {below: 1}
    mocks: {http: [{url: "http://quotes.test/*", text: hello, delay: 2s}]}
    expect:
      events: {quotes: [{kind: notice, title: hello, at: +2s}]}
      output: [hello]
  - name: asks a network that is not mocked
    params: {below: 1}
    expect:
      ended: failed
      errors: [{node: quotes, code: TEST_MOCK_MISSING}]
`)
    expect(formatTestReports([report])).toContain('3 tests: 3 passed, 0 failed.')
  })

  it('fails on an unexpected failure of a node', async () => {
    const report = await run(`tests:
  - {name: asks, params: {below: 1}, expect: {ended: failed}}
`)
    expect(report.tests[0]?.failures).toMatchObject([
      {
        place: 'p/dips.test.yaml:2:46',
        subject: 'failure 1 is not expected',
        lines: [expect.stringContaining('no mock answers GET')],
      },
    ])
  })

  it('runs only what is asked for', async () => {
    const report = await run(
      `tests:
  - {name: one, params: {below: 1}, expect: {ended: aborted}}
  - {name: two, params: {below: 1}, expect: {ended: failed, errors: [{}]}}
`,
      'two',
    )
    expect(report.tests.map(test => test.name)).toEqual(['two'])
    expect(report.ok).toBe(true)
  })

  it('tells everything that is wrong with a test file at once, with its places', async () => {
    const report = await run(`tests:
  - name: wrong
    params: {below: 150}
    untill: +1h
    events:
      - {at: 1h, node: quotes, event: {kind: price, pair: SOL/USCD, price: 151}}
      - {at: +1h, node: quotes, event: {kind: prise}}
    expect: {ended: fine}
`)
    expect(report.ok).toBe(false)
    const codes = report.diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)
    expect(codes).toEqual(['4:5 CONFIG_FIELD_UNKNOWN', '8:21 CONFIG_VALUE_UNKNOWN'])
    const deeper = await run(`tests:
  - name: wrong
    params: {below: 150}
    events:
      - {at: 1h, node: quotes, event: {kind: price, pair: SOL/USCD, price: 151}}
      - {at: +1h, node: quotes, event: {kind: prise}}
    expect: {}
`)
    expect(deeper.diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
      '5:14 CONFIG_TIME_INVALID',
      '5:59 TOKEN_UNKNOWN',
      '6:47 CONFIG_VALUE_UNKNOWN',
    ])
    expect(deeper.diagnostics.map(formatDiagnostic).join('\n')).toContain('did you mean "price"?')
  })

  it('tells of nodes that the pipeline has not, and of errors of the pipeline', async () => {
    const report = await run(`tests:
  - name: names a node
    params: {below: 150}
    events: [{at: +1h, node: quote, event: {kind: price, pair: SOL/USDC, price: 151}}]
    expect: {counts: {plam: 1}}
  - name: forgets a param
    expect: {}
`)
    expect(report.ok).toBe(false)
    expect(report.diagnostics.map(({ code, hint }) => `${code} ${hint}`)).toEqual([
      'CONFIG_NODE_UNKNOWN did you mean "quotes"?',
      'CONFIG_NODE_UNKNOWN did you mean "plan"?',
      'CONFIG_PARAM_MISSING give --below',
    ])
  })

  it('says when a file is not there', async () => {
    const report = await runPipelineTests('none.yaml', {
      registry: createRegistry([]).registry,
      files: memoryFiles({}),
    })
    expect(report).toMatchObject({ ok: false, file: 'none.test.yaml', diagnostics: [{ code: 'CONFIG_FILE_MISSING' }] })
  })
})
