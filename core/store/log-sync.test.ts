import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRealClock } from '../time/real-clock.ts'
import { Database } from './database.ts'
import { LogSync } from './log-sync.ts'

describe('what need not be on the disk at once', () => {
  it('is committed all the same, and seen by others, whatever is closed when', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forge-sync-'))
    const file = join(folder, 'x.db')
    const db = new Database(file)
    const other = new Database(file, { readOnly: true })
    const count = (): unknown => other.get('SELECT count(*) AS n FROM moves')?.['n']
    db.execute('PRAGMA foreign_keys = OFF')
    const insert = (): number =>
      db.run("INSERT INTO moves (order_id, became, cause, at) VALUES ('o', 'created', '', 0)")
    for (const durability of ['soon', 'with-next', 'now', 'soon', 'soon'] as const) db.write(insert, durability)
    expect(count()).toBe(5)
    await createRealClock().sleep(50)
    db.write(insert, 'soon')
    expect(count()).toBe(6)
    db.close()
    other.close()
    const again = new Database(file)
    expect(again.get('SELECT count(*) AS n FROM moves')?.['n']).toBe(6)
    again.close()
    rmSync(folder, { recursive: true })
  })

  it('tells the next writer when the disk refused', async () => {
    // A directory can be opened, and not synced as data everywhere; a pipe nowhere.
    const sync = new LogSync('/proc/self/fd/0/none')
    sync.request()
    expect(() => sync.assertWorking()).not.toThrow()
    const broken = new LogSync('/dev/null')
    broken.request()
    await createRealClock().sleep(50)
    expect(() => broken.assertWorking()).toThrow(expect.objectContaining({ code: 'STORE_WRITE_FAILED' }))
    broken.close()
  })

  it('can be waited for, by many with few syncs, and fails for all of them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forge-sync-'))
    const db = new Database(join(folder, 'x.db'))
    db.execute('PRAGMA foreign_keys = OFF')
    const order: number[] = []
    const each = async (index: number): Promise<void> => {
      db.write(
        () => db.run("INSERT INTO moves (order_id, became, cause, at) VALUES ('o', 'created', '', 0)"),
        'with-next',
      )
      await db.synced()
      order.push(index)
    }
    await Promise.all([0, 1, 2, 3, 4].map(each))
    expect(order).toEqual([0, 1, 2, 3, 4])
    const last = each(5)
    db.close()
    await last
    rmSync(folder, { recursive: true })
    const broken = new LogSync('/dev/null')
    const waiting = [broken.synced(), broken.synced()]
    for (const waiter of waiting) await expect(waiter).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
    broken.close()
  })
})
