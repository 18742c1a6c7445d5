import { messageOf } from '../../errors/forge-error.ts'
import type { ForgeEvent } from '../../events/event.ts'
import { toJson } from '../../events/serialize.ts'
import type { AnyPlugin } from '../../plugin/contract.ts'
import { checkDefinition } from '../../registry/check-definition.ts'
import { seededRandom } from '../../time/random.ts'
import type { MockServicesOptions } from '../mocks/mock-services.ts'
import { testTokens } from '../mocks/test-tokens.ts'
import { tryConfig } from '../node-config.ts'
import { type PluginTrial, type PluginTrialResult, runPlugin, startPlugin } from '../run-plugin.ts'
import { sampleEvents } from '../sample-events.ts'
import { TEST_START_MS } from '../test-clock.ts'
import { watchAmbient } from './ambient.ts'

export interface CheckOptions {
  /** The node's `with`; the first example's by default. */
  readonly with?: Readonly<Record<string, unknown>>
  readonly services?: Omit<MockServicesOptions, 'clock'>
  /** What it is given; by default a seeded walk of every kind it takes. */
  readonly events?: readonly ForgeEvent[]
  /** How long it is watched, in virtual time. By default 24 hours, or as long as the events take when it is given some. */
  readonly duration_ms?: number
}

export interface CheckResult {
  /** What was checked, as a sentence about the plugin. */
  readonly name: string
  readonly ok: boolean
  /** What went wrong; empty when nothing did. */
  readonly detail: string
}

const BACKLOG = 256
const MAX_PER_EVENT = 1_000

/**
 * Holds a plugin against the contract: definition and examples, config, cancel, drain, back-pressure, replay, and no
 * time, randomness or network but what it was handed. Usable from any test runner.
 *
 * @example
 * for (const { name, detail } of await checkPlugin(myPlugin)) it(name, () => expect(detail).toBe(''))
 */
export async function checkPlugin(definition: AnyPlugin, options: CheckOptions = {}): Promise<CheckResult[]> {
  const trial = trialOf(definition, options)
  const checks: readonly (readonly [string, () => Promise<string> | string])[] = [
    ['its definition is complete', () => problemsOf(definition)],
    ['its examples fit its schema', () => badExamples(definition, trial)],
    ['it runs without a failure', async () => failuresOf(await runPlugin(definition, trial))],
    ['it leaves its config as it was', () => configTouched(definition, trial)],
    ['it gives the same for the same seed', () => differsOnReplay(definition, trial)],
    ['it takes no time, randomness or network from globals', () => ambientUse(definition, trial)],
    ['it ends when its input ends', () => outlivesInput(definition, trial)],
    ['it stops when it is cancelled', () => cancelled(definition, trial)],
    ['it drains', () => drained(definition, trial)],
    ['it keeps little in hand when those behind it are slow', () => overruns(definition, trial)],
  ]
  const results: CheckResult[] = []
  for (const [name, check] of checks) {
    const detail = await (async () => check())().catch((thrown: unknown) => messageOf(thrown))
    results.push({ name, ok: detail === '', detail })
  }
  return results
}

function trialOf(definition: AnyPlugin, options: CheckOptions): PluginTrial & { readonly until_ms: number } {
  const tokens = options.services?.tokens ?? testTokens()
  const random = seededRandom('conformance')
  const events = sampleEvents(definition.takes, { tokens, random, start_ms: TEST_START_MS, count: 60 })
  const given = options.events ?? events
  const last_ms = given.at(-1)?.at
  const duration_ms = options.duration_ms ?? (last_ms === undefined ? 86_400_000 : last_ms - TEST_START_MS + 60_000)
  return {
    with: options.with ?? definition.examples[0]?.with ?? {},
    events: given,
    services: { ...options.services, tokens },
    until_ms: TEST_START_MS + duration_ms,
  }
}

function problemsOf(definition: AnyPlugin): string {
  checkDefinition(definition, definition.name)
  const problems: string[] = []
  if (definition.examples.length === 0) problems.push('it has no example')
  for (const [name, field] of Object.entries(definition.config.properties ?? {})) {
    const { description } = Object(field) as { description?: unknown }
    if (typeof description !== 'string') problems.push(`the field "${name}" has no description`)
  }
  return problems.join('\n')
}

function badExamples(definition: AnyPlugin, trial: PluginTrial): string {
  const tokens = trial.services?.tokens ?? testTokens()
  return definition.examples
    .flatMap(example => tryConfig(definition, example.with, tokens).problems.map(text => `${example.title}: ${text}`))
    .join('\n')
}

function failuresOf({ result }: PluginTrialResult): string {
  const failures = result.errors.map(({ node, error }) => `${node}: ${error.message}`)
  if (result.ended === 'failed' && failures.length === 0) failures.push(result.reason ?? 'it failed')
  return failures.join('\n')
}

async function configTouched(definition: AnyPlugin, trial: PluginTrial): Promise<string> {
  const before = toJson(trial.with)
  // The config is frozen to the bottom: a plugin that writes to it fails, unless it catches that.
  const failures = failuresOf(await runPlugin(definition, trial))
  if (/read.only|not extensible|Cannot (assign|add|delete|define)/i.test(failures)) return failures
  return toJson(trial.with) === before ? '' : 'the settings changed while it ran'
}

async function differsOnReplay(definition: AnyPlugin, trial: PluginTrial): Promise<string> {
  const lines = async (): Promise<readonly string[]> => {
    const { given, services, result } = await runPlugin(definition, trial)
    return [...given.map(event => toJson(event)), ...services.output, toJson(result.nodes), result.ended]
  }
  const [first, second] = [await lines(), await lines()]
  const index = first.findIndex((line, at) => line !== second[at])
  if (index === -1 && first.length === second.length) return ''
  const at = index === -1 ? Math.min(first.length, second.length) : index
  return `first: ${first[at] ?? 'nothing'}\nagain: ${second[at] ?? 'nothing'}`
}

async function ambientUse(definition: AnyPlugin, trial: PluginTrial): Promise<string> {
  const { used } = await watchAmbient(() => runPlugin(definition, trial))
  return used.join('\n')
}

/** What only works on what it is given has nothing to do after that; strategies and sources may have a calendar. */
async function outlivesInput(
  definition: AnyPlugin,
  trial: PluginTrial & { readonly until_ms: number },
): Promise<string> {
  if (definition.takes.length === 0 || definition.kind === 'strategy') return ''
  const { run, clock } = await startPlugin(definition, trial)
  const patience = new AbortController()
  const late = clock.sleep(trial.until_ms - clock.now() + 86_400_000, patience.signal).catch(() => undefined)
  const ended = await clock.run(Promise.race([run.done, late]))
  patience.abort()
  if (ended?.ended === 'timed-out')
    return `${ended.reason ?? ended.ended}: report on every intent, and let every promise settle`
  if (ended) return ''
  await clock.run(run.abort('it does not end'))
  return 'it was still at work a day after its last event: complete `events` in `onInputEnd`'
}

async function cancelled(definition: AnyPlugin, trial: PluginTrial & { readonly until_ms: number }): Promise<string> {
  const { run, clock, given } = await startPlugin(definition, trial)
  const half_ms = clock.now() + Math.floor((trial.until_ms - clock.now()) / 2)
  await clock.advanceTo(half_ms)
  const aborted = run.abort('cancelled by the conformance kit')
  await clock.run(aborted)
  const before = given.length
  await clock.advanceTo(clock.now() + 1_000)
  if (given.length > before) return `it gave ${given.length - before} events after it was cancelled`
  const timer_ms = clock.nextTimer_ms()
  return timer_ms === undefined ? '' : `it left a timer, due at ${new Date(timer_ms).toISOString()}`
}

async function drained(definition: AnyPlugin, trial: PluginTrial & { readonly until_ms: number }): Promise<string> {
  const { run, clock, given } = await startPlugin(definition, trial)
  await clock.advanceTo(clock.now() + Math.floor((trial.until_ms - clock.now()) / 2))
  const result = await clock.run(run.drain('drained by the conformance kit'))
  if (result.ended !== 'completed' && result.ended !== 'drained') return `${result.ended}: ${result.reason ?? ''}`
  const before = given.length
  await clock.advanceTo(clock.now() + 1_000)
  if (given.length > before) return `it gave ${given.length - before} events after it was drained`
  return clock.nextTimer_ms() === undefined ? '' : 'it left a timer behind'
}

async function overruns(definition: AnyPlugin, trial: PluginTrial): Promise<string> {
  if (definition.gives.length === 0) return ''
  const { result } = await runPlugin(definition, { ...trial, slow_ms: 1_000, backlog: BACKLOG })
  const overrun = result.errors.find(({ error }) => error.code === 'EDGE_OVERRUN')
  if (overrun) return `${overrun.error.message}: pull, or give fewer events at once`
  const { in: taken = 0, out = 0 } = result.nodes['it'] ?? {}
  return taken > 0 && out > taken * MAX_PER_EVENT ? `it gave ${out} events for ${taken}` : ''
}
