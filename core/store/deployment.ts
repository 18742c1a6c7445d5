import { ForgeError } from '../errors/forge-error.ts'
import type { Amount } from '../money/amount.ts'
import type { Journal, KeyScope, NodeState } from '../orders/journal.ts'
import { FINAL_STATES } from '../orders/state-machine.ts'
import type { HistoryStore } from '../plugin/services.ts'
import type { Random } from '../time/random.ts'
import type { Database, Durability, Row } from './database.ts'
import { dropBudgets, keepBudget } from './directory/kept-budgets.ts'
import { historyRecorder } from './history-recorder.ts'
import type { Lease } from './lease.ts'
import { SqliteJournal, type WriteDoor } from './sqlite-journal.ts'
import { SqliteNodeState } from './sqlite-state.ts'
import { Staging } from './staging.ts'

const FINALS = FINAL_STATES.map(state => `'${state}'`).join(', ')

/** What is about to run, and on which network with which wallet. */
export interface DeploymentRequest {
  readonly pipeline: string
  readonly genesisHash: string
  readonly wallet: string
  /** Ids of the nodes that may hold orders or state. */
  readonly nodes: readonly string[]
  /** A hash of params and settings: another one is another intention. */
  readonly fingerprint: string
  /** When it changed while orders or state are open: refuse, go on with what is open, or leave it and start afresh. */
  readonly onChange: 'refuse' | 'adopt' | 'fresh'
  readonly now: number
}

/** One pipeline with its settings, as it lives on across restarts: its journal, its nodes' state, its history. */
export interface Deployment {
  readonly id: string
  /** Whether an earlier run of it left this directory. */
  readonly resumed: boolean
  /** Takes keys for the wallet that it was deployed with; lists the orders of all. */
  readonly journal: Journal
  /** The journal of one wallet: of its orders alone, and takes keys for it. */
  journalOf(wallet: string): Journal
  /** Remembers what a node was given of a wallet, for who trades with it while this does not run. */
  keepBudget(node: string, wallet: string, amount: Amount): void
  /** Wallets that have orders open, whichever run took them. */
  openWallets(): readonly string[]
  readonly history: HistoryStore
  state(node: string): NodeState
  /**
   * Commits what is staged of a node, and what belongs to none (history).
   * @throws STORE_LEASE_LOST, STORE_WRITE_FAILED
   */
  flush(node?: string): void
  /**
   * Says that the pipeline runs, all its nodes being set up: it has these nodes and settings from now on, and with other
   * ones it is refused while something is open. A start that is refused before leaves everything as it was, above all that
   * it had come to its end.
   */
  begin(): void
  /**
   * Says that the pipeline came to its own end: with other settings, the next run starts afresh without being asked, and
   * what it was given is everybody's again. Until it begins once more.
   */
  finish(): void
}

/** @throws STORE_DEPLOYMENT_CHANGED, STORE_ORDERS_IN_FLIGHT */
export function openDeployment(
  db: Database,
  lease: Lease | undefined,
  random: Random,
  request: DeploymentRequest,
): Deployment {
  const write = leasedWrite(db, lease)
  const { id, resumed } = write(() => {
    const chosen = chooseDeployment(db, random, request)
    dropBudgets(db, chosen.id, request.nodes)
    return chosen
  }, 'now')
  const staging = new Staging()
  const door: WriteDoor = {
    write: (work, durability, node) => {
      const result = write(() => {
        staging.apply(node)
        return work()
      }, durability)
      staging.clear(node)
      return result
    },
    assertWritable: () => lease?.assertHeld(),
  }
  const scope: KeyScope = { genesisHash: request.genesisHash, wallet: request.wallet, deploymentId: id }
  const journal = new SqliteJournal(db, door, scope)
  const journals = new Map<string, Journal>()
  const states = new Map<string, NodeState>()
  let hasBegun = false
  const flush = (node: string): void => {
    if (!staging.isEmpty(node)) door.write(() => undefined, 'soon', node)
  }
  return {
    id,
    resumed,
    journal,
    journalOf: wallet => {
      const known = journals.get(wallet) ?? journal.of(wallet)
      journals.set(wallet, known)
      return known
    },
    keepBudget: (node, wallet, amount) =>
      // Taken back by a power cut, the next start claims it again.
      door.write(() => keepBudget(db, { deploymentId: id, node, wallet, amount }), 'with-next'),
    openWallets: () => openWallets(db, id, request.wallet),
    history: historyRecorder(db, staging, id),
    state: node => {
      const state = states.get(node) ?? new SqliteNodeState(db, staging, id, node, () => flush(node))
      states.set(node, state)
      return state
    },
    flush,
    begin: () => {
      if (hasBegun) return
      const sql = 'UPDATE deployments SET nodes = ?, fingerprint = ?, begun = 1, finished = 0 WHERE id = ?'
      door.write(() => db.run(sql, nodesText(request.nodes), request.fingerprint, id), 'now')
      hasBegun = true
    },
    finish: () => {
      door.write(() => db.run('UPDATE deployments SET finished = 1 WHERE id = ?', id), 'now')
      hasBegun = false
    },
  }
}

/** The journal of a deployment that does not run: for what is done to its orders meanwhile. @throws RangeError for an unknown one */
export function journalOf(db: Database, lease: Lease | undefined, deploymentId: string): Journal {
  const row = db.get('SELECT genesis_hash, wallet FROM deployments WHERE id = ?', deploymentId)
  if (!row) throw new RangeError(`no deployment ${deploymentId} in ${db.file}`)
  const scope: KeyScope = { genesisHash: String(row['genesis_hash']), wallet: String(row['wallet']), deploymentId }
  return new SqliteJournal(db, { write: leasedWrite(db, lease), assertWritable: () => lease?.assertHeld() }, scope)
}

/** A writing transaction that checks the lease first. */
function leasedWrite(db: Database, lease: Lease | undefined): <T>(work: () => T, durability: Durability) => T {
  return (work, durability) =>
    db.write(() => {
      lease?.check()
      return work()
    }, durability)
}

function chooseDeployment(db: Database, random: Random, request: DeploymentRequest): { id: string; resumed: boolean } {
  const rows = db.all(
    `SELECT *, begun = 1 OR id IN (SELECT deployment FROM orders) AS has_begun FROM deployments
     WHERE pipeline = ? AND genesis_hash = ? AND wallet = ? ORDER BY generation DESC LIMIT 2`,
    request.pipeline,
    request.genesisHash,
    request.wallet,
  )
  const last = rows.find(row => row['has_begun'] === 1)
  const [newest] = rows
  const fresh = (): { id: string; resumed: boolean } => {
    if (newest === undefined || newest === last) {
      return { id: insertDeployment(db, random, request, Number(last?.['generation'] ?? 0) + 1), resumed: false }
    }
    // One that never began (there is one at most) is as good as new.
    const id = String(newest['id'])
    dropBudgets(db, id, [])
    db.run('DELETE FROM node_state WHERE deployment = ?', id)
    return { id, resumed: false }
  }
  if (!last) return fresh()
  const id = String(last['id'])
  const startAfresh = (): { id: string; resumed: boolean } => {
    leaveBehind(db, id, request.now)
    return fresh()
  }
  if (request.onChange === 'fresh') return startAfresh()
  const changes = changesSince(last, request)
  if (changes.length > 0 && request.onChange === 'refuse') {
    const open = [...openOrders(db, id), ...(last['finished'] === 1 ? [] : openStates(db, id))]
    if (open.length > 0) throw changed(request, changes, open)
    return startAfresh()
  }
  return { id, resumed: true }
}

function insertDeployment(db: Database, random: Random, request: DeploymentRequest, generation: number): string {
  // A stream of its own: with a seed, another pipeline of the same directory must not get the same id.
  const stream = random.fork(JSON.stringify([request.pipeline, request.genesisHash, request.wallet, generation]))
  const id = Array.from({ length: 3 }, () =>
    stream
      .int(2 ** 24)
      .toString(16)
      .padStart(6, '0'),
  ).join('')
  db.run(
    'INSERT INTO deployments (id, pipeline, genesis_hash, wallet, generation, nodes, fingerprint, begun, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)',
    id,
    request.pipeline,
    request.genesisHash,
    request.wallet,
    generation,
    nodesText(request.nodes),
    request.fingerprint,
    request.now,
  )
  return id
}

/**
 * Drops for good what was never sent. What nobody can resolve stays unresolved.
 *
 * @throws STORE_ORDERS_IN_FLIGHT: a transaction that may still land is nothing to walk away from.
 */
function leaveBehind(db: Database, deploymentId: string, now: number): void {
  dropBudgets(db, deploymentId, [])
  const inFlight = db.all("SELECT id FROM orders WHERE state = 'submitting' AND deployment = ?", deploymentId)
  if (inFlight.length > 0) {
    const ids = inFlight.map(row => String(row['id']))
    throw new ForgeError('STORE_ORDERS_IN_FLIGHT', {
      message: `transactions of an earlier run may still land (orders ${ids.join(', ')})`,
      context: { orders: ids },
    })
  }
  const unsent = "state IN ('created', 'armed', 'triggered') AND deployment = ?"
  db.run(
    `INSERT INTO moves (order_id, was, became, cause, at)
     SELECT id, state, 'cancelled', 'left behind by a new start', ? FROM orders WHERE ${unsent}`,
    now,
    deploymentId,
  )
  db.run(`UPDATE orders SET state = 'cancelled', updated_at = ? WHERE ${unsent}`, now, deploymentId)
}

function changesSince(last: Row, request: DeploymentRequest): string[] {
  const before = JSON.parse(String(last['nodes'])) as string[]
  const gone = before.filter(node => !request.nodes.includes(node))
  const added = request.nodes.filter(node => !before.includes(node))
  return [
    ...gone.map(node => `node "${node}" is gone`),
    ...added.map(node => `node "${node}" is new`),
    ...(last['fingerprint'] === request.fingerprint ? [] : ['its params or settings are others']),
  ]
}

function openOrders(db: Database, deploymentId: string): string[] {
  const row = db.get(`SELECT count(*) AS n FROM orders WHERE deployment = ? AND state NOT IN (${FINALS})`, deploymentId)
  const count = Number(row?.['n'])
  return count === 0 ? [] : [count === 1 ? 'an open order' : `${count} open orders`]
}

function openWallets(db: Database, deploymentId: string, own: string): string[] {
  const rows = db.all(
    `SELECT DISTINCT coalesce(wallet, ?) AS wallet FROM orders WHERE deployment = ? AND state NOT IN (${FINALS}) ORDER BY 1`,
    own,
    deploymentId,
  )
  return rows.map(row => String(row['wallet']))
}

function openStates(db: Database, deploymentId: string): string[] {
  const rows = db.all(
    'SELECT DISTINCT node FROM node_state WHERE deployment = ? AND key NOT GLOB ? ORDER BY node',
    deploymentId,
    '~*',
  )
  return rows.map(row => `the state of node "${row['node']}"`)
}

function nodesText(nodes: readonly string[]): string {
  return JSON.stringify([...nodes].sort())
}

function changed(request: DeploymentRequest, changes: string[], open: string[]): ForgeError {
  return new ForgeError('STORE_DEPLOYMENT_CHANGED', {
    message: `"${request.pipeline}" has changed (${changes.join('; ')}) while there is still ${open.join(', ')}`,
    context: { pipeline: request.pipeline, changes, open },
  })
}
