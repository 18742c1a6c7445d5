import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import type { Fill, Report } from '../../events/report.ts'

/** What a run decided and what came of it, however it was run. */
export interface RunTrace {
  /** Each intent once, in the order given. */
  readonly intents: readonly IntentEvent[]
  /** By node and key. */
  readonly fills: ReadonlyMap<string, Fill>
}

/** A trade that both runs made. */
interface ComparedFill {
  readonly node: string
  readonly key: string
  /** How far the output for each unit of input is apart, in bps of the first run's; positive when the second got more. */
  readonly bps: number
}

export interface RunComparison {
  /** Whether both decided the same, in the same order. */
  readonly isSame: boolean
  readonly decisions: number
  /** The first place at which they part; absent when they are the same. */
  readonly parting?: { readonly first: string | undefined; readonly second: string | undefined }
  readonly fills: readonly ComparedFill[]
  /** Filled in one run only. */
  readonly unmatched: readonly string[]
  /** The largest distance of a fill, in bps; 0 without fills. */
  readonly worstBps: number
}

/** Collects the trace of a run from its events. */
export class TraceCollector implements RunTrace {
  readonly intents: IntentEvent[] = []
  readonly fills = new Map<string, Fill>()
  readonly #seen = new Set<string>()

  see(event: ForgeEvent): void {
    if (event.kind === 'intent') {
      const intent = event as IntentEvent
      const id = tradeId(intent.node, intent.key)
      if (this.#seen.has(id)) return
      this.#seen.add(id)
      this.intents.push(intent)
    } else if (event.kind === 'report') {
      const report = event as Report
      if (report.state === 'filled') this.fills.set(tradeId(report.node, report.key), report.fill)
    }
  }
}

/**
 * Holds one run against another: what was decided (which node wanted what for what, under which key, in which order),
 * and at what price it was filled. Amounts are no decision of their own where they follow from what an earlier trade
 * brought: they differ as its fill does.
 */
export function compareRuns(first: RunTrace, second: RunTrace): RunComparison {
  const [one, other] = [first.intents.map(decisionOf), second.intents.map(decisionOf)]
  const length = Math.max(one.length, other.length)
  let at = 0
  while (at < length && one[at] === other[at]) at++
  const fills: ComparedFill[] = []
  const unmatched: string[] = []
  for (const [id, fill] of first.fills) {
    const match = second.fills.get(id)
    if (!match) unmatched.push(id.replace('\n', ' '))
    else fills.push({ node: id.split('\n')[0]!, key: fill.key, bps: apartBps(fill, match) })
  }
  for (const id of second.fills.keys()) if (!first.fills.has(id)) unmatched.push(id.replace('\n', ' '))
  return {
    isSame: at === length,
    decisions: one.length,
    ...(at < length && { parting: { first: one[at], second: other[at] } }),
    fills,
    unmatched,
    worstBps: fills.reduce((worst, { bps }) => Math.max(worst, Math.abs(bps)), 0),
  }
}

function decisionOf({ node, key, input, output, exact }: IntentEvent): string {
  return `${node} ${key}: ${input.symbol} for ${output.symbol}, exact ${exact}`
}

/** To a thousandth of a basis point. */
function apartBps(first: Fill, second: Fill): number {
  const one = first.output.units * second.input.units
  const other = second.output.units * first.input.units
  return one === 0n ? 0 : Number(((other - one) * 10_000_000n) / one) / 1_000
}

/** What trades go by in a trace. */
export function tradeId(node: string, key: string): string {
  return `${node}\n${key}`
}
