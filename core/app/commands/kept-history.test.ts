import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { emptyEnvironment } from '../../../test/empty-environment.ts'
import type { Environment } from '../environment.ts'
import { keptDirectory } from './kept-history.ts'

let root: string
let environment: Environment

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kept-'))
  environment = emptyEnvironment(root)
  store('runs', '20240101-000000000')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function store(...path: string[]): string {
  const directory = join(root, ...path)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'sniperforge.db'), '')
  return directory
}

test('what is asked of a real network never means a run of the embedded chain', async () => {
  expect(await keptDirectory({ dataDirectory: undefined, environment, cluster: 'localnet' })).toContain('runs')
  const ask = (): Promise<string> => keptDirectory({ dataDirectory: undefined, environment, cluster: 'mainnet-beta' })
  await expect(ask()).rejects.toThrow(expect.objectContaining({ code: 'HISTORY_MISSING' }))
  const orders = store('mainnet-beta', 'wallet', 'orders')
  expect(await ask()).toBe(orders)
})

test('where several directories could be meant they are named, and none is chosen', async () => {
  const both = [store('devnet', 'wallet', 'orders'), store('devnet', 'wallet', 'strategy-run')]
  await expect(keptDirectory({ dataDirectory: undefined, environment, cluster: 'devnet' })).rejects.toThrow(
    expect.objectContaining({ code: 'FLAG_MISSING', message: expect.stringContaining(both.join(', ')) }),
  )
  expect(await keptDirectory({ dataDirectory: both[1], environment, cluster: 'devnet' })).toBe(both[1])
})

test('a cluster that does not exist is no cluster without runs', async () => {
  await expect(keptDirectory({ dataDirectory: undefined, environment, cluster: 'devent' })).rejects.toThrow(
    expect.objectContaining({ code: 'CLUSTER_UNKNOWN' }),
  )
})
