import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BUILT_IN_PLUGINS } from '../../core/app/builtin-plugins.ts'
import { ERROR_CODES } from '../../core/errors/codes.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

test('every file and folder that the life of an event names is there', () => {
  const named = [...read('core/README.md').matchAll(/`([a-z-]+\/[\w./-]*)`/g)].map(match => match[1]!)
  expect(named.length).toBeGreaterThan(30)
  const missing = named.filter(
    path => !path.startsWith('sniperforge/') && !existsSync(join(ROOT, 'core', path)) && !existsSync(join(ROOT, path)),
  )
  expect(missing).toEqual([])
})

test.each(['core/runtime', 'core/config', 'plugins'])('every file that the page of %s names is there', folder => {
  const named = [...read(`${folder}/README.md`).matchAll(/`([\w./-]+\.ts)`/g)].map(match => match[1]!)
  expect(named.length).toBeGreaterThan(1)
  const missing = named.filter(path => ![folder, '.'].some(from => existsSync(join(ROOT, from, path))))
  expect(missing).toEqual([])
})

test('the page of the plugins tells of every one that is built in', () => {
  const named = new Set([...read('plugins/README.md').matchAll(/`(?:[a-z]+\/)?([a-z-]+)`/g)].map(match => match[1]!))
  expect(BUILT_IN_PLUGINS.map(({ name }) => name).filter(name => !named.has(name))).toEqual([])
})

test('the list of error codes is the list of error codes', () => {
  const rows = [...read('core/errors/README.md').matchAll(/^\| `([A-Z0-9_]+)` \| (\d+) \| (.*?) \| (.*?) \|$/gm)]
  const listed = Object.fromEntries(
    rows.map(([, code, exit, meaning, remedy]) => [code, { exit: Number(exit), meaning, remedy }]),
  )
  const known = Object.fromEntries(
    Object.entries(ERROR_CODES).map(([code, { exit, meaning, remedy }]) => [
      code,
      { exit, meaning, remedy: remedy.replaceAll('|', '\\|') },
    ]),
  )
  expect(listed).toEqual(known)
})

test('the two commands of the README are the ones that are tried', () => {
  const readme = read('README.md')
  expect(readme).toContain('npm ci && npx sniperforge strategy-run --type dca --config configs/strategies/dca.json')
  expect(readme).toContain('npm ci && npm test')
})
