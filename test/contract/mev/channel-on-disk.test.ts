import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IntentEvent } from '../../../core/events/event.ts'
import type { Attempt } from '../../../core/orders/journal.ts'
import type { Deployment } from '../../../core/store/deployment.ts'
import { MIGRATIONS } from '../../../core/store/schema.ts'
import { openStore, STORE_FILE, type Store } from '../../../core/store/store.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'

const SOL = { cluster: 'x', mint: 'So1', symbol: 'SOL', decimals: 9, program: 'spl-token' } as const
const USDC = { ...SOL, mint: 'Usd', symbol: 'USDC', decimals: 6 } as const

let dataDir: string
let store: Store | undefined
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'forge-channel-'))
})
afterEach(() => {
  store?.close()
  rmSync(dataDir, { recursive: true })
})

function reopen(): Deployment {
  store?.close()
  store = openStore({ dataDir, clock: createRealClock(), random: seededRandom('t') })
  return store.deploy({
    pipeline: 'test',
    genesisHash: 'g',
    wallet: 'w',
    nodes: ['plan'],
    fingerprint: 'f',
    onChange: 'refuse',
    now: 0,
  })
}

function intent(key: string): IntentEvent {
  const amount = { token: USDC, units: 10n }
  return { kind: 'intent', at: 1, key, node: 'plan', input: USDC, output: SOL, amount, exact: 'in', reason: 'a test' }
}

function attempt(orderId: string, more: Partial<Attempt> = {}): Attempt {
  const promise = { inputUnits: 10n, quotedOutputUnits: 5n, minimumOutputUnits: 4n, ...more.promise }
  const wire = Uint8Array.of(1, 2)
  const base = { orderId, number: 1, signature: `s ${orderId}`, wire, lastValidBlockHeight: 9, slot: 7, venue: 'v' }
  return { ...base, createdAt: 2, ...more, promise }
}

/** Leaves the database as the first version would have written it: its tables and columns, and no others. */
function takeBackToFirstVersion(file: string): void {
  const old = `${file}.old`
  const db = new DatabaseSync(old)
  db.exec(MIGRATIONS[0]!)
  db.exec(`ATTACH '${file}' AS today`)
  for (const table of ['deployments', 'orders', 'attempts', 'moves']) {
    const columns = db.prepare(`SELECT group_concat(name) AS names FROM pragma_table_info('${table}')`).get()?.['names']
    db.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM today.${table}`)
  }
  db.exec('PRAGMA user_version = 1')
  db.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
  renameSync(old, file)
}

describe('the journal', () => {
  it('knows after a restart that bytes were signed for the block engine, and what protects them', () => {
    const before = reopen()
    const [hidden, open] = ['a', 'b'].map(key => before.journal.take(intent(key), 1).order.id)
    const promise = {
      inputUnits: 10n,
      quotedOutputUnits: 5n,
      minimumOutputUnits: 4n,
      tip_lamports: 4_000n,
      protection: ['x'],
    }
    before.journal.attempt(attempt(hidden!, { channel: 'jito', promise }))
    before.journal.attempt(attempt(open!))
    const { journal } = reopen()
    expect(journal.order(hidden!)?.attempts).toMatchObject([{ channel: 'jito', promise }])
    expect(journal.order(open!)?.attempts[0]?.channel).toBeUndefined()
  })

  it('takes what was written before there were channels for public', () => {
    const { id } = reopen().journal.take(intent('a'), 1).order
    reopen().journal.attempt(attempt(id))
    store?.close()
    store = undefined
    takeBackToFirstVersion(join(dataDir, STORE_FILE))
    const { journal } = reopen()
    expect(journal.order(id)?.attempts).toMatchObject([{ signature: `s ${id}` }])
    expect(journal.order(id)?.attempts[0]?.channel).toBeUndefined()
    const other = journal.take(intent('b'), 1).order.id
    journal.attempt(attempt(other, { channel: 'jito' }))
    expect(reopen().journal.order(other)?.attempts[0]?.channel).toBe('jito')
  })
})
