import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IntentEvent } from '../events/event.ts'
import type { Token } from '../money/token.ts'
import { seededRandom } from '../time/random.ts'
import { createRealClock } from '../time/real-clock.ts'
import type { Deployment, DeploymentRequest } from './deployment.ts'
import { MIGRATIONS } from './schema.ts'
import { openStore, STORE_FILE, type Store, viewStore } from './store.ts'

const SOL: Token = { cluster: 'x', mint: 'So1', symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = { cluster: 'x', mint: 'Usd', symbol: 'USDC', decimals: 6, program: 'spl-token' }

let dataDir: string
let store: Store | undefined

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'forge-wallets-'))
})
afterEach(() => {
  store?.close()
  rmSync(dataDir, { recursive: true })
})

const PLACE = { genesisHash: 'g', wallet: 'own', nodes: ['plan'], fingerprint: 'f' }

function deploy(more: Partial<DeploymentRequest> = {}): Deployment {
  store?.close()
  store = openStore({ dataDir, clock: createRealClock(), random: seededRandom('t') })
  const deployment = store.deploy({ pipeline: 'p', ...PLACE, onChange: 'refuse', now: 0, ...more })
  deployment.begin()
  return deployment
}

function intentOf(key: string): IntentEvent {
  const amount = { token: USDC, units: 10n }
  return { kind: 'intent', at: 1, key, node: 'plan', input: USDC, output: SOL, amount, exact: 'in', reason: 'a test' }
}

const keysOf = (orders: ReturnType<Deployment['journal']['orders']>): string[] => orders.map(({ intent }) => intent.key)

/** The database as the version before had it: its tables and columns, and no others. */
function takeBack(file: string, version: number): void {
  const old = `${file}.old`
  const db = new DatabaseSync(old)
  for (const migration of MIGRATIONS.slice(0, version)) db.exec(migration)
  db.exec(`ATTACH '${file}' AS today`)
  for (const table of ['deployments', 'orders', 'attempts', 'moves']) {
    const columns = db.prepare(`SELECT group_concat(name) AS names FROM pragma_table_info('${table}')`).get()?.['names']
    db.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM today.${table}`)
  }
  db.exec(`PRAGMA user_version = ${version}`)
  db.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
  renameSync(old, file)
}

describe('a deployment of several wallets', () => {
  it('takes one key once for each of them, lists their orders apart, and keeps them apart over a restart', () => {
    const before = deploy()
    const own = before.journal.take(intentOf('a'), 1)
    const other = before.journalOf('savings').take(intentOf('a'), 2)
    before.journalOf('own').take(intentOf('b'), 3)
    expect([own.taken, other.taken]).toEqual([true, true])
    expect(JSON.parse(own.order.fullKey)).toEqual(['g', 'own', before.id, 'plan', 'a'])
    expect(JSON.parse(other.order.fullKey)).toEqual(['g', 'savings', before.id, 'plan', 'a'])
    for (const open of [() => before, () => deploy()]) {
      const deployment = open()
      expect(keysOf(deployment.journal.orders())).toEqual(['a', 'a', 'b'])
      expect(keysOf(deployment.journalOf('own').orders())).toEqual(['a', 'b'])
      expect(keysOf(deployment.journalOf('savings').orders({ open: true }))).toEqual(['a'])
      expect(deployment.openWallets()).toEqual(['own', 'savings'])
      expect(deployment.journalOf('savings').take(intentOf('a'), 4).taken).toBe(false)
    }
    expect(store!.orders().map(({ wallet }) => wallet)).toEqual(['own', 'savings', 'own'])
    expect(store!.wallets('g')).toEqual(['own', 'savings'])
    expect(store!.wallets('another')).toEqual([])
  })

  it('knows at once in one journal what was done through another', () => {
    const { journal, journalOf, openWallets } = deploy()
    const { order } = journalOf('savings').take(intentOf('a'), 1)
    journal.move(order.id, 'cancelled', { now: 2, cause: 'a person asked' })
    expect(journalOf('savings').order(order.id)?.state).toBe('cancelled')
    expect(() => journalOf('savings').move(order.id, 'failed', { now: 3, cause: 'late' })).toThrow(/can not go from/)
    expect(openWallets()).toEqual([])
  })
})

it('a store of the version that knew one wallet is opened, and goes on under the keys that it had', () => {
  const before = deploy()
  const { order } = before.journal.take(intentOf('a'), 1)
  store!.close()
  store = undefined
  takeBack(join(dataDir, STORE_FILE), 5)
  const view = viewStore(dataDir)
  expect(view?.orders().map(({ wallet, order: { id } }) => [wallet, id])).toEqual([['own', order.id]])
  view?.close()
  const after = deploy()
  expect([after.id, after.resumed]).toEqual([before.id, true])
  expect(after.journal.take(intentOf('a'), 2)).toMatchObject({
    taken: false,
    order: { id: order.id, state: 'created' },
  })
  expect(keysOf(after.journalOf('own').orders({ open: true }))).toEqual(['a'])
  expect(after.journalOf('savings').take(intentOf('a'), 3).taken).toBe(true)
})

describe('a budget', () => {
  const amount = { token: USDC, units: 10n }

  it('is known while its pipeline rests, until that comes to its end', () => {
    const before = deploy()
    before.keepBudget('plan', 'own', { ...amount, units: 7n })
    before.keepBudget('plan', 'own', amount)
    const after = deploy()
    expect(store!.budgets('g')).toEqual([
      { deploymentId: before.id, pipeline: 'p', node: 'plan', wallet: 'own', amount },
    ])
    expect(store!.budgets('another')).toEqual([])
    after.finish()
    expect(store!.budgets('g')).toEqual([])
  })

  it('is known again when its pipeline, once at its end, is run again, and that run is killed', () => {
    const first = deploy()
    first.keepBudget('plan', 'own', amount)
    first.finish()
    expect(deploy().id).toBe(first.id)
    expect(store!.budgets('g').map(({ node }) => node)).toEqual(['plan'])
  })

  it("is nobody's while every start of its pipeline was refused", () => {
    deploy()
    store!.deploy({ ...PLACE, pipeline: 'refused', onChange: 'refuse', now: 0 }).keepBudget('plan', 'own', amount)
    expect(store!.budgets('g')).toEqual([])
  })

  it('is given up with its node, and when its pipeline starts afresh', () => {
    const before = deploy()
    before.keepBudget('plan', 'own', amount)
    deploy({ nodes: ['other'], onChange: 'adopt' })
    expect(store!.budgets('g')).toEqual([])
    deploy({ nodes: ['plan'], onChange: 'adopt' }).keepBudget('plan', 'own', amount)
    deploy({ onChange: 'fresh' })
    expect(store!.budgets('g')).toEqual([])
  })
})
