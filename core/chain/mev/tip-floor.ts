import { ForgeError } from '../../errors/forge-error.ts'
import { TIP_PERCENTILES, type TipPercentile } from '../../plugin/landing.ts'
import type { Http } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'
import { redactUrl } from '../redact.ts'

/** What landed tips were of late, in lamports, by percentile. */
export type TipFloor = Readonly<Record<TipPercentile, bigint>>

const LAMPORTS_PER_SOL = 1e9
const TIMEOUT_MS = 5_000

/**
 * Asks the tip floor: a list with one entry whose `landed_tips_50th_percentile` and the like are SOL as numbers.
 *
 * @throws RELAY_ANSWER_INVALID, RELAY_UNAVAILABLE; what `fetch` throws
 */
export async function fetchTipFloor(url: string, fetch: Http, clock: Clock, signal: AbortSignal): Promise<TipFloor> {
  const limit = new AbortController()
  const message = `${redactUrl(url)}: no answer within ${TIMEOUT_MS} ms`
  const timer = clock.at(clock.now() + TIMEOUT_MS, () => limit.abort(new ForgeError('RELAY_UNAVAILABLE', { message })))
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, limit.signal]) })
    return readTipFloor(url, answer, await answer.text())
  } finally {
    timer.cancel()
  }
}

function readTipFloor(url: string, answer: Response, text: string): TipFloor {
  const entry = answer.ok ? firstEntry(text) : undefined
  const tips = TIP_PERCENTILES.map(percentile => entry?.[`landed_tips_${percentile}th_percentile`])
  if (!tips.every(tip => typeof tip === 'number' && Number.isFinite(tip) && tip >= 0)) {
    throw new ForgeError('RELAY_ANSWER_INVALID', {
      message: `${redactUrl(url)} answers ${answer.status}, and no tips that could be read`,
      context: { url: redactUrl(url), status: answer.status },
    })
  }
  const [p25, p50, p75, p95, p99] = tips.map(tip => BigInt(Math.ceil((tip as number) * LAMPORTS_PER_SOL)))
  return { 25: p25!, 50: p50!, 75: p75!, 95: p95!, 99: p99! }
}

function firstEntry(text: string): Record<string, unknown> | undefined {
  try {
    const list: unknown = JSON.parse(text)
    const first: unknown = Array.isArray(list) ? list[0] : undefined
    return typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
