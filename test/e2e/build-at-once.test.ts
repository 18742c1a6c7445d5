import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from './command.ts'

/** A clone with a program of its own, built by this one's script while it is used, in a folder with a space in its name. */

const clone = mkdtempSync(join(tmpdir(), 'build in a '))
afterAll(() => rmSync(clone, { recursive: true }))

const MODULES = 12
/** Large enough that what is half written is met. */
const filling = (version: number): string =>
  `export const text${version % 2} = ${JSON.stringify('x'.repeat(300_000))}\n`

function write(file: string, text: string): void {
  const path = join(clone, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Another version of every module: each tells its number from its beginning and its end. */
function edit(version: number): void {
  for (let number = 0; number < MODULES; number++) {
    write(
      `core/part-${number}.ts`,
      `export const first = ${version}\n${filling(version)}export const last = ${version}\n`,
    )
  }
}

interface Ended {
  readonly code: number | null
  readonly output: string
}

function node(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: clone, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
  return new Promise(resolve => child.on('close', code => resolve({ code, output })))
}

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
const build = (): Promise<Ended> => node('--run', 'build')

/** Reads what is built again and again, as starting processes do, until the file `over` is there. */
const READER = `
import { existsSync, readFileSync } from 'node:fs'
const found = new Set()
let reads = 0
for (; !existsSync('over'); reads++) {
  const name = 'dist/core/part-' + (reads % ${MODULES}) + '.js'
  try {
    const text = readFileSync(name, 'utf8')
    const [, first] = /^export const first = (\\d+);/.exec(text) ?? []
    if (first === undefined || !text.endsWith('export const last = ' + first + ';\\n')) found.add(name + ': half of it')
  } catch (error) {
    found.add(name + ': ' + error.message)
  }
}
console.log(JSON.stringify({ reads, found: [...found] }))
`

beforeAll(() => {
  for (const file of ['tsconfig.json', 'core/tsconfig.build.json', 'core/build.mjs', 'core/localnet/program/swap.so']) {
    cpSync(join(ROOT, file), join(clone, file))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  write('package.json', JSON.stringify({ type: 'module', scripts: { build: scripts['build'] } }))
  for (const file of ['plugins/none.ts', 'core/localnet/program/none.ts']) write(file, 'export {}\n')
  write('reader.mjs', READER)
  const names = Array.from({ length: MODULES }, (_, number) => number)
  write(
    'core/main.ts',
    [
      ...names.map(number => `import * as part${number} from './part-${number}.ts'`),
      `for (const { first, last } of [${names.map(number => `part${number}`).join(', ')}])`,
      "  if (first !== last) throw new Error('half of it')",
      '',
    ].join('\n'),
  )
})

test('builds at once, of sources that change, never show half of anything to what runs beside them', async () => {
  edit(0)
  expect(await build()).toEqual({ code: 0, output: '' })
  const reading = node('reader.mjs')
  for (let version = 1; version <= 4; version++) {
    edit(version)
    const both = await Promise.all([build(), build()])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
  }
  write('over', '')
  const { code, output } = await reading
  expect({ code, ...(JSON.parse(output) as object) }).toEqual({ code: 0, reads: expect.any(Number), found: [] })
  expect(await node('dist/core/main.js')).toEqual({ code: 0, output: '' })
  expect(readFileSync(join(clone, 'dist/core/part-7.js'), 'utf8')).toContain('last = 4')
}, 120_000)

test('what is built is not built again, what has gone is gone, and what does not compile changes nothing', async () => {
  edit(0)
  expect(await build()).toMatchObject({ code: 0 })
  const main = join(clone, 'dist/core/main.js')
  const before = statSync(main, { bigint: true })
  const from_ms = performance.now()
  expect(await build()).toMatchObject({ code: 0 })
  expect(performance.now() - from_ms).toBeLessThan(5_000)
  write('core/more.ts', 'export const more = 1\n')
  expect(await build()).toMatchObject({ code: 0 })
  expect(statSync(join(clone, 'dist/core/more.js')).isFile()).toBe(true)
  rmSync(join(clone, 'core/more.ts'))
  write('core/part-0.ts', 'export const first: number = "1"\n')
  const refused = await build()
  expect(refused.code).not.toBe(0)
  expect(refused.output).toContain('part-0.ts')
  expect(statSync(join(clone, 'dist/core/more.js')).isFile()).toBe(true)
  edit(0)
  expect(await build()).toMatchObject({ code: 0 })
  expect(statSync(join(clone, 'dist/core/more.js'), { throwIfNoEntry: false })).toBeUndefined()
  // Nothing about it has changed in all this.
  expect(statSync(main, { bigint: true }).ino).toBe(before.ino)
}, 120_000)
