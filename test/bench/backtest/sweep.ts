/**
 * A sweep of 200 runs in a process of its own: `sweep.ts THREADS CANDLES.csv` prints how long it took, and the processor
 * time it took, as JSON in milliseconds.
 */
import { combinationsOf } from '../../../core/app/backtest/sweep/combinations.ts'
import { backtestSweep } from '../../../core/app/commands/backtest-sweep.ts'
import { processEnvironment } from '../../../core/app/environment.ts'
import { packageFile } from '../../../core/app/package-root.ts'

const [threads, data] = process.argv.slice(2) as [string, string]
const list = (from: number, count: number): string =>
  Array.from({ length: count }, (_, index) => from + index).join(',')
const combinations = combinationsOf(
  [`fast=${list(5, 10)}`, `slow=${list(30, 20)}`],
  ['fast', 'slow'].map(name => ({ name, schema: { type: 'integer' }, description: undefined, required: false })),
)
const from_ms = performance.now()
const before = process.cpuUsage()
await backtestSweep({
  request: {
    file: packageFile('test', 'bench', 'backtest', 'momentum.yaml'),
    params: {},
    set: [],
    cluster: 'localnet',
    data: [data],
    rules: {},
    pair: undefined,
    fill: { model: 'bar', feeBps: 4 },
    capital: ['1000000 USDC'],
    feeSol: '1000',
    seed: '1',
  },
  combinations,
  out: undefined,
  threads: Number(threads),
  environment: processEnvironment(),
  output: { line: () => {}, status: () => {} },
  signal: new AbortController().signal,
})
const { user, system } = process.cpuUsage(before)
const wall_ms = performance.now() - from_ms
process.stdout.write(JSON.stringify({ runs: combinations.length, wall_ms, work_ms: (user + system) / 1_000 }))
