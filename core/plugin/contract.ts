import type { Observable, OperatorFunction } from 'rxjs'
import type { Static, TObject } from 'typebox'
import type { EventKind, ForgeEvent, IntentEvent } from '../events/event.ts'
import type { Report } from '../events/report.ts'
import type { NodeState } from '../orders/journal.ts'
import type { Clock } from '../time/clock.ts'
import type { DirectPromise } from '../time/direct-promise.ts'
import type { Random } from '../time/random.ts'
import type { ServiceName, Services } from './services.ts'
import type { Venue } from './venue.ts'

/** The version of this contract. A plugin says which it was written for; another major is refused. */
export const PLUGIN_API = 1

export const PLUGIN_KINDS = ['source', 'signal', 'strategy', 'order', 'execution', 'sink'] as const
export type PluginKind = (typeof PLUGIN_KINDS)[number]

/** What runs is one of these; the network and the money behind it are what was handed in, not a flag. */
export type RunMode = 'live' | 'dry-run' | 'test' | 'backtest'

export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

export interface Metrics {
  count(name: string, by?: number): void
  /** Milliseconds of wall time; they appear under `timing`. */
  timing(name: string, value_ms: number): void
}

/** All a plugin may know of the world. */
export interface PluginContext<Config = unknown> {
  /** The node's id in the pipeline. */
  readonly id: string
  /** Validated, defaulted, frozen. */
  readonly config: Config
  readonly mode: RunMode
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly metrics: Metrics
  readonly state: NodeState
  /** Aborts when the run is cut off, and when it is over; draining lets work in hand finish first. */
  readonly signal: AbortSignal
  /** Only those in the definition's `needs`. @throws PLUGIN_SERVICE_UNDECLARED for another. */
  readonly services: Services
  /** Reports on the way (accepted, sent), for kinds order and execution: back to the intent's nodes, and on to the sinks. */
  report(report: Report): void
  /**
   * This node wants nothing more: a strategy past its last bar, an order node without orders. What comes in from now on
   * is let go (an intent is answered as skipped), and a source or signal that feeds only such nodes stops, so that a run
   * ends although its prices never do. Reports on what it has given still reach it.
   */
  finish(): void
  /**
   * Says that this node keeps an intent waiting in the journal, for as long as it takes; for kind order. The run's end
   * does not wait for it, and leaves it armed. Told for each order of an earlier run too: so its strategy hears of it.
   * Giving the intent on, or reporting its end, ends this.
   */
  hold(intent: IntentEvent): void
}

/** Nothing, one event or several. */
// biome-ignore lint/suspicious/noConfusingVoidType: a process that only acts returns nothing.
export type Outcome = undefined | void | ForgeEvent | readonly ForgeEvent[]

/** A running node. */
export interface PluginInstance {
  /** Handles one event; at once or by promise. Never entered again before it has settled, unless `concurrency` says so. */
  process?(event: ForgeEvent): Outcome | PromiseLike<Outcome>
  /** How many `process` calls may be under way; they stay ordered per `concurrencyKey` of the event. Default 1. */
  readonly concurrency?: number
  concurrencyKey?(event: ForgeEvent): string
  /** Reports of intents that passed this node, before data of the same instant. */
  onReport?(report: Report): void
  /** Events of its own accord: sources, and strategies with a calendar. Completes when it has no more to say. */
  readonly events?: Observable<ForgeEvent>
  /**
   * That it gives and reports of its own accord only what a timer of the clock, or a call of the runtime, set off, and
   * nothing that a promise brings: whoever moves time then knows all there is to wait for, and a backtest of it is fast.
   */
  readonly timed?: boolean
  /**
   * Instead of `events`, for sources that can wait: asked for the next event only when there is room for it, and not
   * again before it has answered. `undefined`: nothing more will come. What an Observable gives faster than it is taken
   * waits up to a bound, and is an error beyond it; what is pulled never is. A `DirectPromise` is heard within the call that
   * settles it, as who is `timed` needs it.
   */
  pull?(): ForgeEvent | undefined | Promise<ForgeEvent | undefined> | DirectPromise<ForgeEvent | undefined>
  /** Called once when nothing more will come in: what was kept back is given now, and `events` may complete. */
  onInputEnd?(): Outcome | Promise<Outcome>
  /** Called once when no more intents can come in, though prices may: who holds none of them may finish. */
  onIntentsEnd?(): void
  /**
   * Called once when the run is asked to end, for kinds order and execution: what it would give later it leaves in the
   * journal for the next run, and completes `events` when nothing of its own is under way.
   */
  onDrain?(): void
  /** Instead of `process`, for signals and sinks: opaque to the runtime, so an error stops the run. */
  readonly operator?: OperatorFunction<ForgeEvent, ForgeEvent>
  health?(): { readonly ok: boolean; readonly detail: string }
  /** Called once, last: flush and close. */
  dispose?(): void | Promise<void>
}

export interface PluginExample {
  readonly title: string
  /** The node's `with`. A test validates every example. */
  readonly with: Record<string, unknown>
}

/** A plugin: what it is, what it takes, and how it starts. Reading a definition runs nothing. */
export interface PluginDefinition<Schema extends TObject = TObject> {
  readonly kind: PluginKind
  /** Lower-case words joined by hyphens. */
  readonly name: string
  readonly api: typeof PLUGIN_API
  /** One sentence. */
  readonly summary: string
  readonly config: Schema
  /** Event kinds it handles; empty for what only gives. */
  readonly takes: readonly EventKind[]
  readonly gives: readonly EventKind[]
  readonly needs?: readonly ServiceName[]
  /**
   * Of an order plugin that counts orders and holds them back: it must see each as it is traded. A pipeline with another
   * order node behind it, which may wait, size or divide what has passed, is refused.
   */
  readonly comesLast?: true
  readonly examples: readonly PluginExample[]
  setup(context: PluginContext<Static<Schema>>): PluginInstance | Promise<PluginInstance>
  /**
   * Of a plugin that reads candles: how many it takes until it can say anything, by its settings. A backtest over fewer is
   * refused. @throws what `setup` throws for settings that contradict each other
   */
  warmUp?(config: Static<Schema>): number
  /** Of an execution plugin that is a place to trade: its venue, so that a route over several places can use it. */
  venue?(context: VenueContext<Static<Schema>>): Promise<Venue>
}

/** What opening a venue takes of a node's context. */
export type VenueContext<Config = unknown> = Pick<PluginContext<Config>, 'config' | 'clock' | 'log' | 'services'>

/**
 * Checks nothing and changes nothing: it only gives `setup` the config's type.
 *
 * @example
 * export default definePlugin({
 *   kind: 'signal', name: 'above', api: 1, summary: 'Passes prices above a level.',
 *   config: Type.Object({ level: Type.Number({ description: 'The level.' }) }),
 *   takes: ['price'], gives: ['price'], examples: [{ title: 'Above 100', with: { level: 100 } }],
 *   setup: ({ config }) => ({
 *     process: event => (event.kind === 'price' && priceToNumber(event.price) > config.level ? event : undefined),
 *   }),
 * })
 */
export function definePlugin<Schema extends TObject>(definition: PluginDefinition<Schema>): PluginDefinition<Schema> {
  return definition
}

/** A definition whatever its config. */
// biome-ignore lint/suspicious/noExplicitAny: setup is contravariant in its config; the registry validates before it calls.
export type AnyPlugin = PluginDefinition<any>
