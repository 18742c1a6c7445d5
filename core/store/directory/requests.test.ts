import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../time/random.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { Database } from '../database.ts'
import { openRequests, openStore, STORE_FILE, type Store } from '../store.ts'
import type { RequestCounter } from './requests.ts'

let dataDir: string
let holder: Store
let counter: RequestCounter

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'forge-requests-'))
  holder = openStore({ dataDir, clock: createRealClock(), random: seededRandom('t') })
  counter = openRequests(dataDir)
})
afterEach(() => {
  counter.close()
  holder.close()
  rmSync(dataDir, { recursive: true })
})

describe('a request to whoever holds a data directory', () => {
  it('is left without the lease, taken up by the holder, and answered once', () => {
    expect(counter.holder(createRealClock().now())?.pid).toBe(process.pid)
    expect(holder.inbox.take(1)).toBeUndefined()
    const number = counter.ask('cancel', { id: 'abc', units: 5n }, 1)
    expect(counter.answerTo(number)).toBeUndefined()
    const request = holder.inbox.take(2)
    expect(request).toEqual({ number, kind: 'cancel', body: { id: 'abc', units: 5n }, askedAt: 1 })
    holder.inbox.answer(number, { done: true, text: 'cancelled' }, 3)
    holder.inbox.answer(number, { done: false, text: 'said twice' }, 4)
    expect(counter.answerTo(number)).toEqual({ done: true, text: 'cancelled' })
    expect(holder.inbox.take(5)).toBeUndefined()
  })

  it('is kept for the next holder when this one dies before it has answered, and comes before later ones', () => {
    const first = counter.ask('panic', {}, 1)
    counter.ask('cancel', {}, 2)
    expect(holder.inbox.take(3)?.number).toBe(first)
    holder.close()
    holder = openStore({ dataDir, clock: createRealClock(), random: seededRandom('t') })
    expect(holder.inbox.take(4)?.number).toBe(first)
  })

  it('can be taken back until somebody has taken it up', () => {
    const first = counter.ask('cancel', {}, 1)
    expect(counter.withdraw(first, 2)).toBe(true)
    expect(holder.inbox.take(3)).toBeUndefined()
    const second = counter.ask('cancel', {}, 4)
    holder.inbox.take(5)
    expect(counter.withdraw(second, 6)).toBe(false)
  })

  it('is not taken up by a process that has lost its lease', () => {
    counter.ask('cancel', {}, 1)
    const other = new Database(join(dataDir, STORE_FILE))
    other.run("UPDATE lease SET token = 'another'")
    expect(() => holder.inbox.take(2)).toThrow(expect.objectContaining({ code: 'STORE_LEASE_LOST' }))
    other.close()
  })

  it('finds nobody when the holder has left', () => {
    holder.close()
    expect(counter.holder(createRealClock().now())).toBeUndefined()
  })
})

describe('the kill switch', () => {
  it('stays set over a restart, with the first time and reason, until it is cleared', () => {
    holder.killSwitch.set('panic', 5)
    holder.killSwitch.set('panic again', 9)
    holder.close()
    holder = openStore({ dataDir, clock: createRealClock(), random: seededRandom('t') })
    expect(holder.killSwitch.stopped()).toEqual({ since: 5, reason: 'panic' })
    holder.killSwitch.clear()
    expect(holder.killSwitch.stopped()).toBeUndefined()
  })
})
