import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { emptyEnvironment } from '../../../test/empty-environment.ts'
import { openStore, STORE_FILE } from '../../store/store.ts'
import { seededRandom } from '../../time/random.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import type { Environment } from '../environment.ts'
import { freshRunDirectory, givenDirectory, inRunDirectory, lastRunDirectory } from './data-directory.ts'

let root: string
let environment: Environment

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'runs-'))
  environment = emptyEnvironment(root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('every run gets a directory of its own, even within one millisecond, and the last is found again', () => {
  const clock = { now: () => Date.parse('2024-01-01T00:00:00Z') }
  const first = freshRunDirectory(environment, clock)
  const second = freshRunDirectory(environment, clock)
  expect(second).not.toBe(first)
  expect(lastRunDirectory(environment)).toBe(second)
})

describe('the last twenty runs are kept', () => {
  const clock = createVirtualClock({ start_ms: Date.parse('2024-01-01T00:00:00Z') })
  let made = 0
  const run = (work: (directory: string) => Promise<void>): Promise<void> => {
    made += 1_000
    const directory = freshRunDirectory(environment, { now: () => made })
    return inRunDirectory({ directory, given: undefined }, environment, clock, () => work(directory))
  }
  const runs = (): string[] => readdirSync(join(root, 'runs'))

  test('and older ones go, but for one that a process still holds', async () => {
    const directories: string[] = []
    for (let count = 0; count < 25; count++) await run(async directory => void directories.push(directory))
    expect(runs()).toHaveLength(20)
    const store = openStore({ dataDir: directories.find(existsSync)!, clock, random: seededRandom('runs') })
    for (let count = 0; count < 5; count++) await run(async () => undefined)
    expect(runs()).toHaveLength(21)
    store.close()
    await run(async () => undefined)
    expect(runs()).toHaveLength(20)
  })

  test('and a run that was traded is not failed by one that can not be read: that one is left', async () => {
    const directories: string[] = []
    for (let count = 0; count < 20; count++) await run(async directory => void directories.push(directory))
    const [oldest = ''] = directories
    writeFileSync(join(oldest, STORE_FILE), 'no database at all, and longer than its head would be'.repeat(20))
    await run(async () => undefined)
    expect(existsSync(oldest)).toBe(true)
  })

  test('and one that could not begin is none of them', async () => {
    const directories: string[] = []
    for (let count = 0; count < 20; count++) await run(async directory => void directories.push(directory))
    const kept = runs()
    const refused = run(async directory => {
      openStore({ dataDir: directory, clock, random: seededRandom('runs') }).close()
      throw new Error('a trigger on the wrong side')
    })
    await expect(refused).rejects.toThrow('wrong side')
    expect(runs()).toEqual(kept)
    expect(lastRunDirectory(environment)).toBe(directories.toSorted().at(-1))
  })

  test('and a directory that was given is left alone', async () => {
    const given = givenDirectory('mine', environment)
    const refused = inRunDirectory({ directory: given, given: 'mine' }, environment, clock, () =>
      Promise.reject(new Error('no')),
    )
    await expect(refused).rejects.toThrow('no')
    expect(existsSync(given)).toBe(true)
  })

  test('also when it is one of those of earlier runs, which another process may hold', async () => {
    const earlier = freshRunDirectory(environment, { now: () => (made += 1_000) })
    const store = openStore({ dataDir: earlier, clock, random: seededRandom('runs') })
    const refused = inRunDirectory({ directory: earlier, given: earlier }, environment, clock, async () => {
      openStore({ dataDir: earlier, clock, random: seededRandom('runs') })
    })
    await expect(refused).rejects.toMatchObject({ code: 'STORE_LEASED' })
    expect(existsSync(earlier)).toBe(true)
    store.close()
  })
})

test('without any run there is no last one', () => {
  expect(lastRunDirectory(environment)).toBeUndefined()
})
