import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const FIXTURES = join(import.meta.dirname, '../../fixtures/plugins')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forge-outside-'))
  const pack = 'sniperforge-plugin-half-life'
  cpSync(join(FIXTURES, 'mine.ts'), join(folder, 'mine.ts'))
  cpSync(join(FIXTURES, 'third-party'), join(folder, 'node_modules', pack), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { [pack]: '*' } }))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface Found {
  readonly plugins: readonly string[]
  readonly problems: readonly string[]
  /** What the conformance kit found. */
  readonly faults: readonly string[]
  readonly ownError: boolean
}

/** In a process of its own: a test runner resolves modules in its own way. */
async function load(): Promise<Found> {
  const { stdout } = await run(process.execPath, [join(FIXTURES, 'load-outside.ts'), folder])
  return JSON.parse(stdout)
}

const ALL: Found = {
  plugins: ['signal/every-other package', 'strategy/buy-once file', 'order/halve package'],
  problems: [],
  faults: [],
  ownError: true,
}

describe('an outside plugin that imports sniperforge', () => {
  it('gets the running copy, and its packages, where nothing at all is installed', async () => {
    expect(await load()).toEqual(ALL)
  })

  it('gets the running copy also where another is installed', async () => {
    const other = join(folder, 'node_modules/sniperforge')
    mkdirSync(other)
    writeFileSync(join(other, 'package.json'), '{"name":"sniperforge","type":"module","exports":"./index.js"}')
    writeFileSync(join(other, 'index.js'), 'throw new Error("the other copy")')
    expect(await load()).toEqual(ALL)
  })

  it('is told when a package that it imports is missing', async () => {
    writeFileSync(join(folder, 'mine.ts'), "import 'left-pad-2'\nexport default {}")
    const { plugins, problems } = await load()
    expect(plugins).toHaveLength(2)
    expect(problems).toEqual([expect.stringMatching(/mine\.ts can not be imported: Cannot find package 'left-pad-2'/)])
  })
})
