import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRealClock } from '../time/real-clock.ts'
import { openCaches } from './cache.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'forge-cache-'))
afterAll(() => rmSync(dataDir, { recursive: true }))

describe('a cache', () => {
  it('keeps values over a restart, each namespace its own', async () => {
    const first = openCaches(dataDir)
    await first.named('tables').set('a', { list: [1, 'two'] })
    await first.named('quotes').set('a', 'other')
    first.close()
    const second = openCaches(dataDir)
    expect(await second.named('tables').get('a')).toEqual({ list: [1, 'two'] })
    expect(await second.named('quotes').get('a')).toBe('other')
    expect(await second.named('tables').has('b')).toBe(false)
    await second.named('quotes').clear()
    expect(await second.named('quotes').get('a')).toBeUndefined()
    expect(await second.named('tables').get('a')).toEqual({ list: [1, 'two'] })
    expect(await second.named('tables').delete('a')).toBe(true)
    expect(await second.named('tables').get('a')).toBeUndefined()
    second.close()
  })

  it('forgets what has expired', async () => {
    const caches = openCaches(undefined)
    const cache = caches.named('x')
    await cache.set('soon', 1, 20)
    await cache.setMany([
      { key: 'later', value: 2 },
      { key: 'also', value: 3 },
    ])
    await createRealClock().sleep(40)
    expect(await cache.getMany(['soon', 'later', 'also'])).toEqual([undefined, 2, 3])
    caches.close()
  })
})
