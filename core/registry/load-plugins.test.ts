import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { builtIn, createRegistry } from './create-registry.ts'
import { findPackages } from './find-packages.ts'
import { loadNamedPlugins, loadPlugins } from './load-plugins.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forge-registry-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, text: string): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** A plugin without imports. */
function source(name: string, more = ''): string {
  return `export default { kind: 'sink', name: '${name}', api: 1, summary: 'S.', takes: ['report'], gives: [],
    config: { type: 'object', properties: {} }, examples: [], setup: () => ({}), ${more} }`
}

function installPackage(name: string, manifest: object, files: Record<string, string>): void {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', type: 'module', ...manifest }))
  for (const [path, text] of Object.entries(files)) write(`node_modules/${name}/${path}`, text)
}

const nameList = (plugins: readonly { definition: { name: string } }[]): string[] =>
  plugins.map(({ definition }) => definition.name)

describe('packages', () => {
  beforeEach(() => {
    write('package.json', JSON.stringify({ dependencies: { good: '1', '@scope/good': '1', plain: '1', gone: '1' } }))
    installPackage('good', { sniperforge: { plugins: ['./a.js'] } }, { 'a.js': source('a') })
    installPackage('@scope/good', { sniperforge: { plugins: ['b.js'] } }, { 'b.js': source('b') })
    installPackage('plain', {}, {})
    installPackage('stranger', { sniperforge: { plugins: ['./c.js'] } }, { 'c.js': source('c') })
  })

  it('that the project depends on are found by their key, also from a folder below', async () => {
    mkdirSync(join(folder, 'pipelines'))
    const { registry, problems } = await loadPlugins({ builtIns: [], packagesFrom: join(folder, 'pipelines') })
    expect(problems).toEqual([])
    expect(nameList(registry.list())).toEqual(['a', 'b'])
    expect(registry.find('sink', 'a')?.origin).toMatchObject({ from: 'package', name: 'good', version: '1.0.0' })
  })

  it('are only read, not imported, by finding them', () => {
    installPackage('good', { sniperforge: { plugins: ['./a.js'] } }, { 'a.js': 'throw new Error("ran")' })
    expect(findPackages(folder).packages.map(({ name }) => name)).toEqual(['@scope/good', 'good'])
  })

  it.each([
    ['a key without a list', { sniperforge: {} }, {}, 'PLUGIN_INVALID'],
    ['a key with nothing in its list', { sniperforge: { plugins: [] } }, {}, 'PLUGIN_INVALID'],
    ['a file outside of itself', { sniperforge: { plugins: ['../good/a.js'] } }, {}, 'PLUGIN_INVALID'],
    ['a file it does not have', { sniperforge: { plugins: ['./x.js'] } }, {}, 'PLUGIN_NOT_LOADED'],
    ['TypeScript', { sniperforge: { plugins: ['./x.ts'] } }, { 'x.ts': source('x') }, 'PLUGIN_NOT_LOADED'],
    [
      'a file that throws',
      { sniperforge: { plugins: ['./x.js'] } },
      { 'x.js': 'throw new Error("no")' },
      'PLUGIN_NOT_LOADED',
    ],
    ['another api', { sniperforge: { plugins: ['./x.js'] } }, { 'x.js': source('x', 'api: 9') }, 'PLUGIN_API_MISMATCH'],
  ])('with %s are problems, and the others are there', async (_what, manifest, files, code) => {
    installPackage('plain', manifest, files as Record<string, string>)
    const { registry, problems } = await loadPlugins({ builtIns: [], packagesFrom: folder })
    expect(nameList(registry.list())).toEqual(['a', 'b'])
    expect(problems.map(({ error }) => error.code)).toEqual([code])
    expect(problems[0]!.path).toContain(join('node_modules', 'plain'))
  })

  it('with a broken package.json are problems, and the others are there', async () => {
    write('node_modules/plain/package.json', '{')
    const { registry, problems } = await loadPlugins({ builtIns: [], packagesFrom: folder })
    expect(nameList(registry.list())).toEqual(['a', 'b'])
    expect(problems).toMatchObject([{ error: { code: 'PLUGIN_NOT_LOADED' } }])
  })
})

describe('what a pipeline names', () => {
  const known = createRegistry([]).registry

  it('is looked up from the folder of the pipeline, a package as Node would', async () => {
    write('pipelines/mine.ts', `const level: number = 1\n${source('mine')}`)
    installPackage(
      'pack',
      { sniperforge: { plugins: ['./p.js', './q.mjs'] } },
      { 'p.js': source('p'), 'q.mjs': source('q') },
    )
    const { registry, problems } = await loadNamedPlugins(
      ['./mine.ts', 'pack'],
      join(folder, 'pipelines/x.yaml'),
      known,
    )
    expect(problems).toEqual([])
    expect(nameList(registry.list())).toEqual(['mine', 'p', 'q'])
    expect(registry.find('sink', 'mine')?.origin).toEqual({ from: 'file', path: './mine.ts' })
  })

  it.each([
    ['a file that is not there', './none.ts', 'PLUGIN_NOT_LOADED'],
    ['a folder', './folder.ts', 'PLUGIN_NOT_LOADED'],
    ['a file of another kind', './mine.py', 'PLUGIN_NOT_LOADED'],
    ['a package that is not installed', 'none', 'PLUGIN_NOT_LOADED'],
    ['a package without plugins', 'plain', 'PLUGIN_INVALID'],
    ['a file that exports something else', './other.ts', 'PLUGIN_INVALID'],
  ])('is a problem under its own name when it is %s', async (_what, spec, code) => {
    mkdirSync(join(folder, 'folder.ts'))
    write('mine.py', '')
    write('other.ts', 'export default 7')
    write('good.js', source('good'))
    installPackage('plain', {}, {})
    const { registry, problems } = await loadNamedPlugins([spec, './good.js'], join(folder, 'x.yaml'), known)
    expect(problems).toMatchObject([{ path: spec, error: { code } }])
    expect(nameList(registry.list())).toEqual(['good'])
  })

  it('does not replace a plugin that is built in', async () => {
    write('mine.js', source('mine'))
    const { registry: first } = await loadNamedPlugins(['./mine.js'], join(folder, 'x.yaml'), known)
    const { registry: builtIns } = createRegistry(builtIn([first.list()[0]!.definition]))
    write('other.js', source('mine'))
    const { registry, problems } = await loadNamedPlugins(['./other.js'], join(folder, 'x.yaml'), builtIns)
    expect(registry.list()).toEqual([])
    expect(problems).toMatchObject([{ path: './other.js', error: { code: 'PLUGIN_DUPLICATE' } }])
  })
})

it('finds both plugins of the fixture package when it is installed', () => {
  const copy = join(folder, 'node_modules/sniperforge-plugin-half-life')
  cpSync(join(import.meta.dirname, '../../test/fixtures/plugins/third-party'), copy, { recursive: true })
  write('package.json', JSON.stringify({ dependencies: { 'sniperforge-plugin-half-life': '*' } }))
  expect(findPackages(folder)).toMatchObject({
    packages: [{ version: '1.2.0', files: [join(copy, 'plugins/every-other.js'), join(copy, 'plugins/halve.js')] }],
    problems: [],
  })
})
