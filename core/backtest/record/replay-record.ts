import { Observable, type Subscriber } from 'rxjs'
import { outcomeOf, reportBase, stillArmed } from '../../chain/trader/reports.ts'
import type { BoundNode, BoundPipeline } from '../../config/bound-pipeline.ts'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import type { TokenDirectory } from '../../money/token.ts'
import type { Journal, OrderRecord } from '../../orders/journal.ts'
import { FINAL_STATES } from '../../orders/state-machine.ts'
import type { Logger } from '../../plugin/contract.ts'
import type { Output, Trader } from '../../plugin/services.ts'
import type { RunResult } from '../../runtime/result.ts'
import { startPipeline } from '../../runtime/run.ts'
import { MemoryJournal, MemoryNodeState } from '../../store/memory-journal.ts'
import type { Clock } from '../../time/clock.ts'
import { seededRandom } from '../../time/random.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { replayedExecution } from '../replay/replace-nodes.ts'
import { BACKTEST_GENESIS, backtestServices, walletAddress } from '../services.ts'
import { noMarket } from './no-market.ts'
import type { RecordedEvent, RunRecord } from './run-record.ts'

export interface RecordReplayOptions {
  readonly pipeline: BoundPipeline
  readonly record: RunRecord
  readonly tokens: TokenDirectory
  readonly seed: string
  readonly log: Logger
  readonly output: Output
  readonly onEvent: (node: string, event: ForgeEvent) => void
}

/** How long draining may take on the clock. */
const DRAIN_TIMEOUT_MS = 60_000

/**
 * Runs a pipeline over what a run recorded: its sources bring what they brought then, at the same times, and each order
 * ends as it ended. The nodes between decide anew: the same, unless they or their settings have changed.
 */
export async function replayRecord(options: RecordReplayOptions): Promise<RunResult> {
  const { log, output, record, tokens } = options
  const clock = createVirtualClock({ start_ms: record.start_ms, quietTurns: 1 })
  const random = seededRandom(options.seed)
  const timeline = new Timeline(record, clock)
  const names = [undefined, ...Object.keys(options.pipeline.wallets ?? {})]
  const services = names.map((_, place) => {
    const address = walletAddress(place)
    const scope = { genesisHash: BACKTEST_GENESIS, wallet: address, deploymentId: record.pipeline }
    const journal = new MemoryJournal(scope, { keepsStories: false })
    const trader = recordedTrader({ clock, journal, record })
    return backtestServices({ tokens, clock, journal, output, trader, address, ...noMarket })
  })
  const run = await startPipeline({
    pipeline: { ...options.pipeline, nodes: options.pipeline.nodes.map(node => replaced(node, timeline)) },
    clock,
    random: random.fork('pipeline'),
    mode: 'backtest',
    log,
    servicesFor: node => {
      // What the wallet held and what venues quoted is in no record: who asks is told that there is none, not that it is
      // empty.
      const { holdings: _, budgets: _budgets, venues: _venues, ...others } = services[names.indexOf(node.wallet)]!(node)
      return others
    },
    stateFor: () => new MemoryNodeState(),
    drainTimeout_ms: DRAIN_TIMEOUT_MS,
    onEvent: options.onEvent,
  })
  clock.at(clock.now(), () => timeline.start())
  void timeline.done.then(() => run.drain('the record is over'))
  return clock.run(run.done)
}

function replaced(node: BoundNode, timeline: Timeline): BoundNode {
  if (node.kind === 'source') {
    const plugin = { ...node.plugin, needs: [], setup: () => ({ events: timeline.eventsOf(node.id) }) }
    return { ...node, plugin }
  }
  return node.plugin.venue ? { ...node, plugin: replayedExecution(node.plugin) } : node
}

/** What the sources brought, all of them in one line. */
class Timeline {
  readonly #clock: Clock
  readonly #events: readonly RecordedEvent[]
  readonly #end_ms: number
  readonly #subscribers = new Map<string, Subscriber<ForgeEvent>>()
  readonly #done = Promise.withResolvers<void>()
  readonly done = this.#done.promise

  constructor({ events, start_ms }: RunRecord, clock: Clock) {
    this.#clock = clock
    this.#events = events.filter(({ event }) => event.kind !== 'intent' && event.kind !== 'report')
    this.#end_ms = events.at(-1)?.t ?? start_ms
  }

  eventsOf(node: string): Observable<ForgeEvent> {
    return new Observable(subscriber => {
      this.#subscribers.set(node, subscriber)
      return () => void this.#subscribers.delete(node)
    })
  }

  start(): void {
    this.#goOn(0)
  }

  #goOn(index: number): void {
    const next = this.#events[index]
    if (next) {
      this.#clock.at(
        next.t,
        () => {
          this.#subscribers.get(next.node)?.next(next.event)
          this.#goOn(index + 1)
        },
        'world',
      )
      return
    }
    this.#clock.at(this.#end_ms, () => {
      for (const subscriber of [...this.#subscribers.values()]) subscriber.complete()
      this.#done.resolve()
    })
  }
}

/** Ends each order as the record says, when it says; an order that the recorded run did not have expires. */
function recordedTrader({ clock, journal, record }: { clock: Clock; journal: Journal; record: RunRecord }): Trader {
  const ends = new Map<string, { readonly t: number; readonly report: Report }>()
  for (const { t, event } of record.events) {
    if (event.kind === 'report')
      ends.set(`${(event as Report).node}\n${(event as Report).key}`, { t, report: event as Report })
  }
  const end = async (order: OrderRecord, intent: IntentEvent): Promise<Report> => {
    const recorded = ends.get(`${intent.node}\n${intent.key}`)
    if (!recorded) {
      const reason = { code: 'NOT_RECORDED', message: 'the recorded run had no such order' }
      const now = clock.now()
      return outcomeOf(journal.move(order.id, 'expired', { now, cause: reason.message, reason }), false)
    }
    const { t, report } = recorded
    if (t > clock.now()) await clock.sleep(t - clock.now())
    const now = clock.now()
    const base = { ...reportBase(order.intent, order.id, now), at: report.at }
    if (report.state === 'filled' || report.state === 'simulated') {
      journal.attempt(attemptOf(order, report.fill.signature, now))
      journal.move(order.id, 'confirmed', { now, cause: 'as recorded', fill: report.fill })
    } else if ('reason' in report) {
      journal.move(order.id, report.state === 'failed' ? 'failed' : 'expired', {
        now,
        cause: 'as recorded',
        reason: report.reason,
      })
    }
    return { ...report, ...base } as Report
  }
  return {
    async trade(intent, _venue, { onReport }) {
      const { taken, order } = journal.take(intent, clock.now())
      if (!taken && FINAL_STATES.includes(order.state)) return outcomeOf(order, true)
      if (order.state === 'armed') throw stillArmed(order)
      if (taken) onReport({ ...reportBase(intent, order.id, clock.now()), state: 'accepted' })
      return end(order, order.intent)
    },
  }
}

function attemptOf(order: OrderRecord, signature: string, createdAt: number) {
  const { id, intent } = order
  const promise = { inputUnits: intent.amount.units, quotedOutputUnits: 0n, minimumOutputUnits: 0n }
  return {
    orderId: id,
    number: 1,
    signature,
    wire: new Uint8Array(),
    lastValidBlockHeight: 0,
    venue: 'record',
    promise,
    createdAt,
  }
}
