import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plainAttempt } from '../../test/plain-attempt.ts'
import type { IntentEvent } from '../events/event.ts'
import type { Fill, Report } from '../events/report.ts'
import type { Token } from '../money/token.ts'
import { seededRandom } from '../time/random.ts'
import { createRealClock } from '../time/real-clock.ts'
import { Database } from './database.ts'
import type { DeploymentRequest } from './deployment.ts'
import { historyToCsv, historyToJson } from './history-export.ts'
import { openStore, STORE_FILE, type Store, viewStore } from './store.ts'

const SOL: Token = { cluster: 'x', mint: 'So1', symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = { cluster: 'x', mint: 'Usd', symbol: 'USDC', decimals: 6, program: 'spl-token' }

let dataDir: string
const opened: Store[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'forge-store-'))
})
afterEach(() => {
  for (const store of opened.splice(0)) store.close()
  rmSync(dataDir, { recursive: true })
})

function open(): Store {
  const store = openStore({ dataDir, clock: createRealClock(), random: seededRandom('t') })
  opened.push(store)
  return store
}

function reopen(): Store {
  for (const store of opened.splice(0)) store.close()
  return open()
}

const REQUEST: DeploymentRequest = {
  pipeline: 'dca',
  genesisHash: 'g',
  wallet: 'w',
  nodes: ['plan'],
  fingerprint: 'f1',
  onChange: 'refuse',
  now: 0,
}

function intentOf(key: string): IntentEvent {
  const amount = { token: USDC, units: 10n }
  return { kind: 'intent', at: 1, key, node: 'plan', input: USDC, output: SOL, amount, exact: 'in', reason: 'a test' }
}

const FILL: Fill = {
  orderId: 'o',
  key: 'a',
  venue: 'v',
  signature: 'sig',
  slot: 3,
  at: 1000,
  input: { token: USDC, units: 10_000_000n },
  output: { token: SOL, units: 66_000_000n },
  quotedOutput: { token: SOL, units: 66_100_000n },
  minimumOutput: { token: SOL, units: 65_000_000n },
  fees: { base_lamports: 5000n, priority_lamports: 12n, tip_lamports: 0n, rent_lamports: 2_039_280n },
  computeUnits: 4000,
  slippageBps: 15.1,
}

describe('a store in a directory', () => {
  it('has every order, its attempts and the state that went with it after a restart', () => {
    const deployment = open().deploy(REQUEST)
    deployment.state('plan').set('next', 7n)
    const { order } = deployment.journal.take(intentOf('a'), 1)
    deployment.state('plan').set('next', 8n)

    const again = reopen().deploy(REQUEST)
    expect(again.resumed).toBe(true)
    expect(again.id).toBe(deployment.id)
    expect(again.journal.take(intentOf('a'), 2)).toEqual({ taken: false, order })
    expect(again.state('plan').get('next')).toBe(7n)
  })

  it('forgets state that is set to nothing, and keeps nobody from what else is written', () => {
    const deployment = open().deploy(REQUEST)
    const state = deployment.state('plan')
    state.set('next', 7n)
    deployment.journal.take(intentOf('a'), 1)
    state.set('next', undefined)
    state.set('last', () => undefined)
    expect(state.get('next')).toBeUndefined()
    const { order } = deployment.journal.take(intentOf('b'), 2)

    const again = reopen().deploy(REQUEST)
    expect(again.state('plan').get('next')).toBeUndefined()
    expect(again.state('plan').get('last')).toBeUndefined()
    expect(again.journal.take(intentOf('b'), 3)).toEqual({ taken: false, order })
  })

  it('gives the same ids for the same seed, and others for another pipeline', () => {
    const store = open()
    const one = store.deploy(REQUEST).id
    expect(store.deploy({ ...REQUEST, pipeline: 'grid' }).id).not.toBe(one)
    expect(store.deploy({ ...REQUEST, wallet: 'w2' }).id).not.toBe(one)
  })

  it('refuses changed settings while an order is open, and says what changed and what is open', () => {
    open().deploy(REQUEST).journal.take(intentOf('a'), 1)
    const changed = { ...REQUEST, fingerprint: 'f2', nodes: ['plan2'] }
    const refusal = {
      code: 'STORE_DEPLOYMENT_CHANGED',
      message: expect.stringMatching(/"plan" is gone.*"plan2" is new.*settings.*an open order/),
    }
    expect(() => reopen().deploy(changed)).toThrow(expect.objectContaining(refusal))
  })

  it('adopts what is open when told', () => {
    const { id } = open().deploy(REQUEST)
    opened[0]?.deploy(REQUEST).journal.take(intentOf('a'), 1)
    const adopted = reopen().deploy({ ...REQUEST, fingerprint: 'f2', onChange: 'adopt' })
    adopted.begin()
    expect(adopted.id).toBe(id)
    expect(adopted.journal.orders({ open: true })).toHaveLength(1)
    expect(reopen().deploy({ ...REQUEST, fingerprint: 'f2' }).id).toBe(id)
  })

  it('starts afresh when told: what was never sent is cancelled, and keys can be taken again', () => {
    const store = open()
    const old = store.deploy(REQUEST)
    const { order } = old.journal.take(intentOf('a'), 1)
    const fresh = store.deploy({ ...REQUEST, onChange: 'fresh' })
    expect(fresh.id).not.toBe(old.id)
    expect(fresh.journal.take(intentOf('a'), 2).taken).toBe(true)
    expect(old.journal.orders().find(({ id }) => id === order.id)?.state).toBe('cancelled')
  })

  it('does not walk away from a transaction that may still land', () => {
    const store = open()
    const { journal } = store.deploy(REQUEST)
    const { order } = journal.take(intentOf('a'), 1)
    journal.attempt(plainAttempt({ orderId: order.id, signature: 's', createdAt: 1 }))
    const fresh = (): unknown => store.deploy({ ...REQUEST, onChange: 'fresh' })
    expect(fresh).toThrow(expect.objectContaining({ code: 'STORE_ORDERS_IN_FLIGHT' }))
    journal.move(order.id, 'expired', { now: 2, cause: 'test' })
    expect(fresh).not.toThrow()
  })

  it('counts state as open until the pipeline has come to its end', () => {
    const deployment = open().deploy(REQUEST)
    deployment.begin()
    deployment.state('plan').set('bought', 3)
    deployment.flush('plan')
    expect(() => reopen().deploy({ ...REQUEST, fingerprint: 'f2' })).toThrow(/the state of node "plan"/)
    opened[0]?.deploy(REQUEST).finish()
    // Run again, it is open again.
    opened[0]?.deploy(REQUEST).begin()
    expect(() => reopen().deploy({ ...REQUEST, fingerprint: 'f2' })).toThrow(/the state of node "plan"/)
    opened[0]?.deploy(REQUEST).finish()
    const next = reopen().deploy({ ...REQUEST, fingerprint: 'f2' })
    expect(next.resumed).toBe(false)
    expect(next.state('plan').get('bought')).toBeUndefined()
  })

  it('leaves what has come to its end as it was when a start is refused', () => {
    const one = open().deploy(REQUEST)
    one.begin()
    one.state('plan').set('bought', 3)
    one.flush('plan')
    one.finish()
    // None of these gets as far as running: not the same again, nor adopted, nor with other settings.
    reopen().deploy(REQUEST)
    reopen().deploy({ ...REQUEST, fingerprint: 'f2', onChange: 'adopt' })
    const other = reopen().deploy({ ...REQUEST, fingerprint: 'f3' })
    expect(other.id).not.toBe(one.id)
    const again = reopen().deploy(REQUEST)
    expect([again.id, again.resumed, again.state('plan').get('bought')]).toEqual([one.id, true, 3])
    const afresh = reopen().deploy({ ...REQUEST, fingerprint: 'f2' })
    expect([afresh.id, afresh.resumed]).toEqual([other.id, false])
    afresh.begin()
    expect(reopen().deploy({ ...REQUEST, fingerprint: 'f2' })).toMatchObject({ id: afresh.id, resumed: true })
  })

  it('refuses a second writer, and says who has it', () => {
    open()
    expect(open).toThrow(
      expect.objectContaining({ code: 'STORE_LEASED', message: expect.stringContaining(`${process.pid}`) }),
    )
  })

  it('says that a file is no database', () => {
    writeFileSync(join(dataDir, STORE_FILE), 'not a database at all'.repeat(100))
    expect(open).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
  })

  it('refuses a database of a newer version', () => {
    const db = new DatabaseSync(join(dataDir, STORE_FILE))
    db.exec('PRAGMA user_version = 99')
    db.close()
    expect(open).toThrow(expect.objectContaining({ code: 'STORE_TOO_NEW' }))
  })

  it('says that the database is locked by another program', () => {
    const file = join(dataDir, STORE_FILE)
    const db = new Database(file, { busyTimeout_ms: 10 })
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    expect(() => db.write(() => db.run('DELETE FROM lease'))).toThrow(expect.objectContaining({ code: 'STORE_BUSY' }))
    other.close()
    db.close()
  })

  it('changes nothing when the disk is full, and writes again when there is room', () => {
    const db = new Database(join(dataDir, STORE_FILE))
    const used = Number(db.get('PRAGMA page_count')?.['page_count'])
    db.execute(`PRAGMA max_page_count = ${used}`)
    const insert = (): number => db.run("INSERT INTO lease VALUES (1, ?, 1, '', 'h', 0)", 'x'.repeat(100_000))
    expect(() => db.write(insert)).toThrow(expect.objectContaining({ code: 'STORE_WRITE_FAILED' }))
    expect(db.get('SELECT count(*) AS n FROM lease')?.['n']).toBe(0)
    db.execute(`PRAGMA max_page_count = ${used + 1000}`)
    expect(db.write(insert)).toBe(1)
    db.close()
  })
})

describe('history', () => {
  const base = { kind: 'report', at: 1000, orderId: 'o', key: 'a', node: 'plan', input: USDC, output: SOL } as const
  const filled: Report = { ...base, state: 'filled', fill: FILL, recovered: false }

  it('keeps each report once, also when it is heard again after a restart', () => {
    const deployment = open().deploy(REQUEST)
    deployment.history.record({ ...base, state: 'sent', signature: 's', attempt: 1 })
    deployment.history.record(filled)
    deployment.flush()
    const again = reopen().deploy(REQUEST)
    again.history.record({ ...filled, recovered: true })
    again.flush()
    expect(opened[0]?.history().map(({ report }) => report.state)).toEqual(['sent', 'filled'])
    expect(opened[0]?.history({ states: ['filled'] })[0]?.report).toEqual(filled)
  })

  it('has fills that no sink kept, from the journal', () => {
    const deployment = open().deploy(REQUEST)
    const { order } = deployment.journal.take(intentOf('a'), 1)
    deployment.journal.attempt(plainAttempt({ orderId: order.id, signature: 's', createdAt: 1 }))
    deployment.journal.move(order.id, 'confirmed', { now: 2, cause: 'test', fill: { ...FILL, orderId: order.id } })
    const [entry] = opened[0]?.history() ?? []
    expect(entry?.report).toMatchObject({ state: 'filled', node: 'plan', fill: { ...FILL, orderId: order.id } })
  })

  const interrupted = (orderId: string): Report => {
    const reason = { code: 'ORDER_INTERRUPTED', message: 'interrupted before anything was sent' }
    return { ...base, orderId, state: 'failed', reason }
  }
  const heard = () =>
    opened[0]?.history().map(({ report }) => ('reason' in report ? report.reason?.code : report.state))

  it('says how an order failed in the end, and not that a run before was over too soon', () => {
    const deployment = open().deploy(REQUEST)
    const { order } = deployment.journal.take(intentOf('a'), 1)
    deployment.history.record(interrupted(order.id))
    deployment.flush()
    expect(heard()).toEqual(['ORDER_INTERRUPTED'])
    const again = reopen().deploy(REQUEST)
    const reason = { code: 'FUNDS_INSUFFICIENT', message: 'the wallet has 1 USDC' }
    again.history.record({ ...base, at: 2000, orderId: order.id, state: 'failed', reason })
    again.journal.move(order.id, 'failed', { now: 2000, cause: 'test', reason })
    expect(heard()).toEqual(['FUNDS_INSUFFICIENT'])
    again.history.record(interrupted(order.id))
    again.flush()
    expect(heard()).toEqual(['FUNDS_INSUFFICIENT'])
  })

  it('tells of an interruption while its order is open, by the id that the order has, and no more when it has ended', () => {
    const deployment = open().deploy(REQUEST)
    const { order } = deployment.journal.take(intentOf('a'), 1)
    // The node could not bring it through, and knew its key alone.
    deployment.history.record(interrupted('a'))
    deployment.flush()
    expect(opened[0]?.history().map(({ report }) => report.orderId)).toEqual([order.id])
    expect(historyToCsv(opened[0]?.history() ?? [])).toContain(`,interrupted,${order.id},`)
    deployment.journal.move(order.id, 'cancelled', { now: 2, cause: 'test' })
    expect(heard()).toEqual([])
  })

  it('keeps what was turned away of two pipelines that gave the same key', () => {
    const reason = { code: 'RISK_LIMIT', message: 'too much' }
    const skipped: Report = { ...base, orderId: 'a', state: 'skipped', reason }
    const store = open()
    for (const pipeline of ['one', 'two']) {
      const { flush, history } = store.deploy({ ...REQUEST, pipeline })
      for (const _ of [1, 2]) history.record(skipped)
      flush()
    }
    expect(store.history().map(({ pipeline }) => pipeline)).toEqual(['one', 'two'])
  })

  it('filters by time, token and number, and reads beside the writer', () => {
    const deployment = open().deploy(REQUEST)
    for (const at of [1, 2, 3]) deployment.history.record({ ...base, at, orderId: `o${at}`, state: 'accepted' })
    deployment.flush()
    const reader = viewStore(dataDir)
    expect(reader?.history({ since: 2 })).toHaveLength(2)
    expect(reader?.history({ until: 2 })).toHaveLength(1)
    expect(reader?.history({ limit: 1 })[0]?.report.at).toBe(3)
    expect(reader?.history({ token: 'sol' })).toHaveLength(3)
    expect(reader?.history({ token: 'BTC' })).toHaveLength(0)
    reader?.close()
    expect(viewStore(join(dataDir, 'nowhere'))).toBeUndefined()
  })

  it('exports CSV that no spreadsheet runs, and JSON with amounts as strings', () => {
    const deployment = open().deploy(REQUEST)
    deployment.history.record(filled)
    deployment.history.record({ ...base, key: '=cmd()', state: 'failed', reason: { code: 'X', message: 'a "b", c' } })
    deployment.flush()
    const entries = opened[0]?.history() ?? []
    const lines = historyToCsv(entries).split('\r\n')
    expect(lines[1]).toContain('10,USDC,0.066,SOL,10000000,66000000')
    expect(lines[2]).toContain(`'=cmd()`)
    expect(lines[2]).toContain('"X: a ""b"", c"')
    expect(JSON.parse(historyToJson(entries))[0].report.fill.output.units).toBe('66000000')
  })

  it('has the fees of a transaction that failed in one line of the CSV, whether a sink kept it or not', () => {
    const { history, journal, flush } = open().deploy(REQUEST)
    const fees = { base_lamports: 5_000n, priority_lamports: 1_000n, tip_lamports: 0n, rent_lamports: 0n }
    const failedLandings = [{ signature: 'lost', slot: 2, at: 900, fees }]
    const reason = { code: 'ORDER_INTERRUPTED', message: 'in flight' }
    // Interrupted by the end of a run after it had failed once, and filled in the next one.
    history.record({ ...base, at: 900, state: 'unresolved', reason, failedLandings })
    history.record({ ...filled, at: 1_000, failedLandings })
    // And one that only the journal has.
    const arming = { plugin: 'limit', version: '1', holder: 'wait', terms: {}, again: 'failed' } as const
    const { order } = journal.arm(intentOf('b'), arming, 1)
    const promise = { inputUnits: 10n, quotedOutputUnits: 1n, minimumOutputUnits: 1n }
    const attempt = { orderId: order.id, venue: 'v', wire: new Uint8Array([1]), slot: 1, promise, createdAt: 1 }
    const failed = { ...failedLandings[0]!, signature: 'too' }
    journal.trigger(order.id, { now: 2, cause: 'the price' })
    journal.attempt({ ...attempt, number: 1, signature: 'too', lastValidBlockHeight: 9 })
    journal.move(order.id, 'armed', { now: 3, cause: 'it failed', reason, failed })
    journal.trigger(order.id, { now: 4, cause: 'the price' })
    journal.attempt({ ...attempt, number: 2, signature: 'sig-b', lastValidBlockHeight: 9 })
    journal.move(order.id, 'confirmed', { now: 5, cause: 'landed', fill: { ...FILL, signature: 'sig-b', at: 5_000 } })
    flush()
    const [header = '', ...lines] = historyToCsv(opened[0]?.history() ?? []).split('\r\n')
    const column = header.split(',').indexOf('failedFees_lamports')
    expect(lines.map(line => line.split(',')[column])).toEqual(['6000', '6000', '', undefined])
  })
})

describe('state of a node', () => {
  it('goes to the disk with an intent of its own node, never ahead of it with somebody else’s', () => {
    const deployment = open().deploy({ ...REQUEST, nodes: ['plan', 'other'] })
    const onDisk = (): number => {
      const db = new DatabaseSync(join(dataDir, STORE_FILE), { readOnly: true })
      const rows = db.prepare("SELECT value FROM node_state WHERE node = 'plan'").all()
      db.close()
      return rows.length
    }
    deployment.state('plan').set('bought', 3)
    deployment.journal.take({ ...intentOf('a'), node: 'other' }, 1)
    deployment.flush('other')
    deployment.flush()
    expect(onDisk()).toBe(0)
    deployment.journal.take({ ...intentOf('b'), node: 'plan' }, 2)
    expect(onDisk()).toBe(1)
  })
})
