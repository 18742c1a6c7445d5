import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { newHome, ROOT } from './command.ts'

const home = newHome()
afterAll(() => home.remove())

/** Reports every package that a command imports, on file descriptor 3. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  import { writeSync } from 'node:fs'
  registerHooks({ load(url, context, next) { writeSync(3, url + '\\n'); return next(url, context) } })
`)}`

function packagesOf(args: readonly string[]): Set<string> {
  const command = [process.execPath, '--import', WATCH, join(ROOT, 'dist/core/cli/bin.js'), ...args]
  const quoted = command.map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const seen = execFileSync('bash', ['-c', `${quoted} 3>&1 >/dev/null`], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOME: home.path },
    encoding: 'utf8',
  })
  return new Set([...seen.matchAll(/node_modules\/((?:@[^/]+\/)?[^/\n]+)/g)].map(match => match[1]!))
}

const CHAIN = [
  'litesvm',
  '@solana/web3.js',
  '@solana/kit',
  '@jup-ag/api',
  '@orca-so/whirlpools-sdk',
  '@raydium-io/raydium-sdk-v2',
]

test('help loads neither configuration, chain nor runtime', () => {
  for (const args of [['--help'], ['strategy-run', '--help']]) {
    const loaded = packagesOf(args)
    expect(loaded).toContain('@oclif/core')
    expect([...loaded].filter(name => ['yaml', 'ajv', 'rxjs', 'typebox', ...CHAIN].includes(name))).toEqual([])
  }
})

test('lint loads no venue SDK and no chain', () => {
  const loaded = packagesOf(['lint', 'pipelines/strategy-run.yaml', 'pipelines/execution-optimize.yaml'])
  expect(loaded).toContain('yaml')
  expect([...loaded].filter(name => CHAIN.includes(name))).toEqual([])
})
