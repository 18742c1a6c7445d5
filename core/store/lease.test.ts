import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../time/virtual-clock.ts'
import { Database } from './database.ts'
import { Lease } from './lease.ts'

describe('a lease', () => {
  it('is renewed in time by itself, and not signed under when it can not be', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const db = new Database(':memory:')
    const lease = new Lease(db, clock, 9_000)
    const expiry = (): number => Number(db.get('SELECT expires_at FROM lease')?.['expires_at'])
    await clock.advanceTo(60_000)
    expect(expiry()).toBeGreaterThan(60_000)
    lease.assertHeld()
    db.run("UPDATE lease SET token = 'other'")
    // Within half of the lease nothing is asked; the write itself would be refused.
    expect(() => db.write(() => lease.check())).toThrow(expect.objectContaining({ code: 'STORE_LEASE_LOST' }))
    await clock.advanceTo(120_000)
    expect(() => lease.assertHeld()).toThrow(expect.objectContaining({ code: 'STORE_LEASE_LOST' }))
    lease.release()
    expect(db.get('SELECT token FROM lease')?.['token']).toBe('other')
    db.close()
  })
})
