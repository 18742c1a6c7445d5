import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDirectory } from './make-directory.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'make-directory-'))
})
afterAll(() => rmSync(root, { recursive: true }))

test('makes what leads there, for its owner alone, and takes what is there already', () => {
  const path = join(root, 'a', 'b')
  makeDirectory(path)
  makeDirectory(path)
  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('a file in the way is told as such', () => {
  writeFileSync(join(root, 'file'), '')
  for (const path of [join(root, 'file'), join(root, 'file', 'below')])
    expect(() => makeDirectory(path)).toThrow(expect.objectContaining({ code: 'STORE_WRITE_FAILED' }))
})

test.runIf(process.platform === 'linux')('ends where the file system calls every new name missing', () => {
  expect(() => makeDirectory('/proc/sniperforge/data')).toThrow(expect.objectContaining({ code: 'STORE_WRITE_FAILED' }))
})
