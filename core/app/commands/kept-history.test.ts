import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../environment.ts'
import { keptDirectory } from './kept-history.ts'

let root: string
let environment: Environment

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kept-'))
  environment = {
    variables: {},
    walletSecret: undefined,
    walletDerivation: undefined,
    stateDirectory: root,
    workingDirectory: root,
  }
  store('runs', '20240101-000000000')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function store(...path: string[]): string {
  const directory = join(root, ...path)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'sniperforge.db'), '')
  return directory
}

test('what is asked of a real network never means a run of the embedded chain', () => {
  expect(keptDirectory({ dataDirectory: undefined, environment })).toContain('runs')
  const ask = (): string => keptDirectory({ dataDirectory: undefined, environment, cluster: 'mainnet-beta' })
  expect(ask).toThrow(expect.objectContaining({ code: 'HISTORY_MISSING' }))
  const orders = store('mainnet-beta', 'wallet', 'orders')
  expect(ask()).toBe(orders)
})

test('where several directories could be meant they are named, and none is chosen', () => {
  const both = [store('devnet', 'wallet', 'orders'), store('devnet', 'wallet', 'strategy-run')]
  expect(() => keptDirectory({ dataDirectory: undefined, environment, cluster: 'devnet' })).toThrow(
    expect.objectContaining({ code: 'FLAG_MISSING', message: expect.stringContaining(both.join(', ')) }),
  )
  expect(keptDirectory({ dataDirectory: both[1], environment, cluster: 'devnet' })).toBe(both[1])
})
