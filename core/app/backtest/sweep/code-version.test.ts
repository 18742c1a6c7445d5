import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import { afterAll, expect, it } from 'vitest'
import type { BoundPipeline } from '../../../config/bound-pipeline.ts'
import type { AnyPlugin } from '../../../plugin/contract.ts'
import { outsideVersions, ownCodeVersion } from './code-version.ts'

const directory = mkdtempSync(join(tmpdir(), 'code-'))
afterAll(() => rmSync(directory, { recursive: true }))

const definition = (name: string): AnyPlugin => ({
  kind: 'signal',
  name,
  api: 1,
  summary: 'A plugin.',
  config: Type.Object({}),
  takes: ['price'],
  gives: ['signal'],
  examples: [],
  setup: () => ({ process: () => undefined }),
})
const [mine, packed, unused] = [definition('mine'), definition('packed'), definition('unused')]
const place = { file: 'test', line: 1, column: 1 }
const pipeline: BoundPipeline = {
  name: 'test',
  summary: 'A test.',
  file: 'test.yaml',
  params: {},
  nodes: [mine, packed].map(plugin => ({
    id: plugin.name,
    kind: plugin.kind,
    plugin,
    config: {},
    from: [],
    onError: { action: 'stop' },
    place,
  })),
}

const file = join(directory, 'mine.ts')
const written = (name: string, text: string) => writeFileSync(join(directory, name), text)
const version = (packageVersion: string, others: readonly AnyPlugin[] = []): string =>
  outsideVersions(pipeline, [
    { definition: mine, origin: { from: 'file', path: './mine.ts' }, file },
    { definition: packed, origin: { from: 'package', name: 'packed', version: packageVersion, path: 'index.js' } },
    ...others.map(other => ({ definition: other, origin: { from: 'file', path: './x.ts' } as const, file: 'x.ts' })),
  ])

it('results are of other code when a plugin, what it imports, or its package has changed, and only then', () => {
  written('mine.ts', "import { a } from './half.ts'\nimport b from 'elsewhere'\n")
  written('half.ts', "import './mine.ts'\nexport const a = 1\n")
  const first = version('1.0.0')
  expect(version('1.0.0')).toBe(first)
  expect(version('1.0.0', [unused])).toBe(first)
  expect(version('1.0.1')).not.toBe(first)
  written('half.ts', "import './mine.ts'\nexport const a = 2\n")
  const second = version('1.0.0')
  expect(second).not.toBe(first)
  written('mine.ts', "import { a } from './half.ts'\n")
  expect(version('1.0.0')).not.toBe(second)
})

it('our own code is one version as long as it stays what it is', () => {
  expect(ownCodeVersion()).toMatch(/^[0-9a-f]{64}$/)
  expect(ownCodeVersion()).toBe(ownCodeVersion())
})
