import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { newHome, ROOT, sniperforge } from './command.ts'
import { journalOnDisk } from './journal-on-disk.ts'

const home = newHome()
afterAll(() => home.remove())

const BACKTEST = ['backtest', 'pipelines/strategy-run.yaml', '--type', 'dca', '--data', 'sol.csv']
/** Candles that can be read. */
const FILLED = 'test/fixtures/candles/unix-ms.zstd.parquet'
const said = async (args: readonly string[]) => sniperforge(home.path, args)

test.each([
  ['an unknown flag', ['strategy-run', '--tpye', 'dca'], 2, 'FLAG_UNKNOWN', 'Did you mean "--type"?'],
  ['a missing flag', ['strategy-run', '--type', 'dca'], 2, 'FLAG_MISSING', '--config: Its settings'],
  [
    'a wrong choice',
    ['strategy-run', '--type', 'dcaa', '--config', 'dca.json'],
    2,
    'FLAG_INVALID',
    'Did you mean "dca"?',
  ],
  ['an unknown command', ['stratgy-run'], 2, 'COMMAND_UNKNOWN', 'Did you mean "strategy-run"?'],
  ['an unknown command of a topic', ['plugins', 'lst'], 2, 'COMMAND_UNKNOWN', 'Did you mean "plugins list"?'],
  [
    'an unknown cluster',
    ['strategy-run', '--type', 'dca', '--config', 'dca.json', '--cluster', 'devnt'],
    78,
    'CLUSTER_UNKNOWN',
    'Did you mean "devnet"?',
  ],
  [
    'no wallet on a public network',
    [
      'strategy-run',
      '--type',
      'dca',
      '--config',
      'dca.json',
      '--set',
      'amount=1 SOL',
      '--set',
      'token=devUSDC',
      '--cluster',
      'devnet',
    ],
    2,
    'WALLET_MISSING',
    'wallet new',
  ],
  [
    'a speed that is none',
    ['strategy-run', '--type', 'dca', '--config', 'dca.json', '--speed', 'fast'],
    2,
    'FLAG_INVALID',
    'a number above 0',
  ],
  [
    'a URL that is none',
    ['strategy-run', '--type', 'dca', '--config', 'dca.json', '--rpc-url', 'not-a-url'],
    2,
    'FLAG_INVALID',
    'http://127.0.0.1:8899',
  ],
  [
    'a size below zero',
    ['execution-optimize', '--trade-size', '-5'],
    78,
    '--trade-size:1:1 error[CONFIG_FORMAT_WRONG]',
    'as in "1000"',
  ],
  [
    'a record where none can be, which Linux refuses as missing for ever',
    ['strategy-run', '--type', 'dca', '--config', 'dca.json', '--quiet', '--record', '/proc/nowhere/run.jsonl'],
    1,
    'FILE_REFUSED',
    'check the path',
  ],
  ['history before anything ran', ['history', '--data-dir', '/nowhere'], 1, 'HISTORY_MISSING', 'Run a pipeline first'],
  ['an unknown plugin', ['plugins', 'show', 'dcaa'], 78, 'PLUGIN_UNKNOWN', 'Did you mean "dca"?'],
  ['a data directory without a name', ['orders', 'list', '--data-dir', ''], 2, 'FLAG_INVALID', 'Give a path'],
  ['a folder for a report without a name', [...BACKTEST, '--out', ''], 2, '--out is empty', 'Give a path'],
  ['a day that no month has', [...BACKTEST, '--from', '2024-02-30'], 2, '--from can not be "2024-02-30"', 'Give a day'],
  ['what is given by two flags', [...BACKTEST, '--param', 'type=grid'], 2, '--param type and --type', 'Leave one'],
  [
    'flags that exclude each other',
    [...BACKTEST, '--compare', 'a', '--replay', 'b'],
    2,
    '--compare and --replay can not be given together',
    'Leave one',
  ],
  [
    'a mistyped --param where another is missing',
    ['backtest', 'pipelines/strategy-run.yaml', '--data', FILLED, '--param', 'tpye=dca'],
    78,
    '--param tpye:1:1 error[CONFIG_PARAM_UNKNOWN]',
    'did you mean "type"?',
  ],
  [
    'settings that are a directory',
    ['strategy-run', '--type', 'dca', '--config', '..'],
    78,
    'CONFIG_FILE_MISSING',
    'it is not a file',
  ],
  ['a missing file', ['run', 'nope.yaml'], 78, 'CONFIG_FILE_MISSING', 'there is no such file'],
] as const)(
  '%s is told with its code and remedy',
  async (_what, args, exit, code, remedy) => {
    const { code: exited, stdout, stderr } = await said(args)
    expect(stderr).toContain(code)
    expect(stderr).toContain(remedy)
    expect(stdout).toBe('')
    expect(exited).toBe(exit)
  },
  60_000,
)

test('a disk that takes no output is told once, and what runs goes on', () => {
  const full = openSync('/dev/full', 'w')
  const dataDir = join(home.path, 'unheard')
  const bin = join(ROOT, 'dist/core/cli/bin.js')
  const args = [bin, 'strategy-run', '--type', 'dca', '--config', 'dca.json', '--data-dir', dataDir]
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  })
  closeSync(full)
  expect(stderr.match(/error\[/g)).toEqual(['error['])
  expect(stderr).toContain('error[FILE_REFUSED] what is printed is lost: ENOSPC')
  expect(status).toBe(1)
  expect(journalOnDisk(dataDir).map(({ state }) => state)).toContain('confirmed')
}, 60_000)

test('with --json a mistake is one document on stdout, and nothing on stderr', async () => {
  const { code, stdout, stderr } = await said([
    'strategy-run',
    '--type',
    'dca',
    '--config',
    'dca.json',
    '--set',
    'slotz=3',
    '--json',
  ])
  expect({ code, stderr }).toEqual({ code: 78, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'CONFIG_INVALID', diagnostics: [{ code: 'CONFIG_FIELD_UNKNOWN', hint: 'did you mean "slots"?' }] },
    exitCode: 78,
  })
})

test('lint tells everything that is wrong, with places, and exits 78', async () => {
  const folder = join(home.path, 'lint')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'broken.yaml')
  writeFileSync(
    file,
    [
      'pipeline: broken',
      'nodes:',
      '  plan: {strategy: dcaa, with: {token: SOL}}',
      '  swap: {execution: jupiter, from: plann}',
      '  out: {sink: console, from: swap, wiht: {}}',
    ].join('\n'),
  )
  const { code, stdout } = await said(['lint', file])
  expect(code).toBe(78)
  expect(stdout).toContain(`${file}:3:`)
  expect(stdout).toContain('did you mean "dca"?')
  expect(stdout).toContain('did you mean "plan"?')
  expect(stdout).toContain('did you mean "with"?')
  const asJson = await said(['lint', file, '--json'])
  expect(asJson.code).toBe(78)
  expect((JSON.parse(asJson.stdout) as { files: { ok: boolean }[] }).files).toMatchObject([{ ok: false }])
  expect((await said(['lint', 'pipelines/strategy-run.yaml'])).code).toBe(0)
})

test("anybody's pipeline runs, with its params as flags that its help lists", async () => {
  const file = join(home.path, 'mine.yaml')
  writeFileSync(
    file,
    [
      'pipeline: mine',
      'summary: Buys a little.',
      'params:',
      '  amount: {type: number, description: How many USDC., default: 5}',
      'nodes:',
      '  plan: {strategy: dca, with: {token: SOL, amount: "${params.amount} USDC", interval: 1h, slots: 2}}',
      '  swap: {execution: jupiter, from: plan}',
    ].join('\n'),
  )
  const help = await said(['run', file, '--help'])
  expect(help.stdout).toContain('Buys a little.')
  expect(help.stdout).toMatch(/--amount=<value> +\[default: 5\] How many USDC\./)
  const { code, stdout, stderr } = await said(['run', file, '--amount', '7.5', '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const run = JSON.parse(stdout) as { fills: { input: { amount: string } }[] }
  expect(run.fills.map(fill => fill.input.amount)).toEqual(['7500000', '7500000'])
})

test('orders that fail are counted, told with their reason once, and make the exit code 1', async () => {
  const args = [
    'strategy-run',
    '--type',
    'dca',
    '--config',
    'dca.json',
    '--set',
    'slots=2',
    '--set',
    'amount=20000 USDC',
  ]
  const { code, stdout } = await said([...args, '--quiet'])
  expect(code).toBe(1)
  expect(stdout).toContain('Done: 2 orders, 2 failed.')
  expect(stdout).toMatch(/failed: the trade needs 20000 USDC, the wallet has 10000: .* \(2 orders\)/)
  const document = await said([...args, '--json'])
  expect(document.code).toBe(1)
  expect(JSON.parse(document.stdout)).toMatchObject({ ended: 'completed', counts: { failed: 2 }, fills: [] })
})
