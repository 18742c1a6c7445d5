import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../environment.ts'
import { freshRunDirectory, lastRunDirectory } from './data-directory.ts'

let root: string
let environment: Environment

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'runs-'))
  environment = {
    variables: {},
    walletSecret: undefined,
    walletDerivation: undefined,
    stateDirectory: root,
    workingDirectory: root,
  }
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('every run gets a directory of its own, even within one millisecond, and the last is found again', () => {
  const clock = { now: () => Date.parse('2024-01-01T00:00:00Z') }
  const first = freshRunDirectory(environment, clock)
  const second = freshRunDirectory(environment, clock)
  expect(second).not.toBe(first)
  expect(lastRunDirectory(environment)).toBe(second)
})

test('the last twenty runs are kept', () => {
  let now = 0
  for (let run = 0; run < 25; run++) freshRunDirectory(environment, { now: () => (now += 1_000) })
  expect(readdirSync(join(root, 'runs'))).toHaveLength(20)
})

test('without any run there is no last one', () => {
  expect(lastRunDirectory(environment)).toBeUndefined()
})
