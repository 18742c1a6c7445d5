import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { ROOT } from './command.ts'

const FIXTURES = join(ROOT, 'test/fixtures')
const folder = mkdtempSync(join(tmpdir(), 'sniperforge-packed-'))
const app = join(folder, 'app')
/** The Node that the project is developed with, first. */
const PATH = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter)

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(command: string, args: readonly string[], options: { cwd: string; home?: string }): Ran {
  const env = { ...process.env, PATH, ...(options.home === undefined ? {} : { HOME: options.home }) }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: options.cwd, env, encoding: 'utf8' })
  return { code: status, stdout, stderr }
}

function mustRun(command: string, args: readonly string[], cwd: string): Ran {
  const ran = run(command, args, { cwd })
  if (ran.code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`)
  return ran
}

/** Packs a folder as it is, so that nothing is built while other tests run what is built. */
function pack(source: string): string {
  mustRun('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], source)
  const tarball = readdirSync(folder).find(name => name.endsWith('.tgz') && !known.has(name))!
  known.add(tarball)
  return join(folder, tarball)
}
const known = new Set<string>()

/** From what is in npm's cache if that is all it takes, else from the registry. */
function install(...tarballs: string[]): void {
  const args = ['install', '--no-audit', '--no-fund', ...tarballs]
  if (run('npm', [...args, '--offline'], { cwd: app }).code !== 0) mustRun('npm', args, app)
}

/** The installed command, as a shell would start it, with an empty home. */
function sniperforge(...args: string[]): Ran {
  const home = join(folder, 'home')
  mkdirSync(home, { recursive: true })
  return run(join(app, 'node_modules/.bin/sniperforge'), args, { cwd: app, home })
}

function runDocument(...args: string[]): RunDocument {
  const { code, stdout, stderr } = sniperforge(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as RunDocument
}

const spent = (document: RunDocument): string[] => document.fills.map(fill => fill.input.amount)

/** What the compiler says of files in the folder, with every declaration it reads checked as well. */
function typeCheck(...files: string[]): string[] {
  writeFileSync(join(app, 'tsconfig.check.json'), JSON.stringify({ extends: './tsconfig.json', files }))
  const { stdout } = run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.check.json'], { cwd: app })
  return stdout.split('\n').filter(line => line.includes(': error TS'))
}

beforeAll(() => {
  cpSync(join(FIXTURES, 'installed'), app, { recursive: true })
  cpSync(join(FIXTURES, 'plugins/mine.ts'), join(app, 'mine.ts'))
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }))
  install(pack(ROOT))
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000)

describe('packed and installed in an empty folder', () => {
  test('it brings what runs and what describes it, and neither sources nor tests', () => {
    const installed = readdirSync(join(app, 'node_modules/sniperforge'), { recursive: true }).map(String)
    for (const file of ['LICENSE', 'README.md', 'oclif.manifest.json', 'schemas/pipeline.schema.json']) {
      expect(installed).toContain(file)
    }
    const sources = installed.filter(file => /\.ts$/.test(file) && !/\.d\.ts$/.test(file))
    expect(sources.concat(installed.filter(file => /\.test\./.test(file) && !/\.ya?ml$/.test(file)))).toEqual([])
  })

  test('the command runs', () => {
    const help = sniperforge('--help')
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('strategy-run')
    expect(sniperforge('lint', 'mine.yaml').code).toBe(0)
    const run = runDocument('strategy-run', '--type', 'dca', '--config', 'dca.json')
    expect(run.counts).toMatchObject({ orders: 12, sent: 12, filled: 12 })
  })

  test('a plugin in a file of the folder type-checks and trades', () => {
    expect(typeCheck('mine.ts')).toEqual([])
    expect(spent(runDocument('run', 'mine.yaml', '--amount', '7 USDC'))).toEqual(['7000000'])
  })

  test('the types refuse what the contract does', () => {
    const errors = typeCheck('wrong.ts').join('\n')
    expect(errors).toContain("Property 'tokn' does not exist")
    expect(errors).toContain('intend')
  })
})

describe("with somebody else's packed plugins beside it", () => {
  beforeAll(() => {
    expect(sniperforge('lint', 'halved.yaml').code).toBe(78)
    install(pack(join(FIXTURES, 'plugins/third-party')))
  }, 600_000)

  test('they are found and named by their package', () => {
    const { stdout } = sniperforge('plugins', 'list')
    expect(stdout).toMatch(/halve .*\(sniperforge-plugin-half-life 1\.2\.0\)/)
    expect(existsSync(join(app, 'node_modules/sniperforge/package.json'))).toBe(true)
  })

  test('all type-check with their conformance test, and pass it', () => {
    const theirs = ['every-other.js', 'halve.js'].map(file =>
      join('node_modules/sniperforge-plugin-half-life/plugins', file),
    )
    expect(typeCheck('check.ts', 'mine.ts', ...theirs)).toEqual([])
    const { code, stdout, stderr } = run(process.execPath, ['check.ts'], { cwd: app })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { results, intents } = JSON.parse(stdout) as {
      results: { plugin: string; name: string; ok: boolean; detail: string }[]
      intents: string[]
    }
    expect(results.filter(result => !result.ok)).toEqual([])
    expect(new Set(results.map(result => result.plugin))).toEqual(new Set(['buy-once', 'every-other', 'halve']))
    expect(results.length).toBeGreaterThanOrEqual(24)
    expect(intents).toEqual(['10000000'])
  })

  test('a pipeline with one of them trades what it lets through', () => {
    expect(sniperforge('lint', 'halved.yaml').code).toBe(0)
    const run = runDocument('run', 'halved.yaml')
    expect(spent(run)).toEqual(['5000000', '5000000'])
  })
})
