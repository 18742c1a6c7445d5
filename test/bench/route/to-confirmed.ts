import { line, percentile } from './percentiles.ts'
import { benchWorld, type Fetch, real, TRADE } from './world.ts'

const DELAY_MS = 100
const WARM_UP = 3
/** Trades begin so far apart: several are on their way at once, as in a busy run. */
const APART_MS = 400
const UNITS = 200_000_000n
const TARGET_MS = 2_000

const late =
  (fetch: Fetch): Fetch =>
  async (input, init) => {
    const answer = await fetch(input, init)
    await real.sleep(DELAY_MS)
    return answer
  }

/**
 * From the decision to the receipt of the confirmed transaction, in real time, every answer of the RPC 100 ms later.
 *
 * @returns the lines to print, and whether the target was met
 */
export async function toConfirmed(trades: number): Promise<{ lines: readonly string[]; met: boolean }> {
  const world = await benchWorld('real', { fetch: late })
  const route = world.route()
  const toSend: number[] = []
  const total: number[] = []
  const trade = async (index: number): Promise<void> => {
    const from_ms = real.wall_ms()
    let sent_ms = from_ms
    const report = await world.trader.trade(world.intent(index, UNITS), route, {
      ...TRADE,
      onReport: step => {
        if (step.state === 'sent') sent_ms = real.wall_ms()
      },
    })
    if (report.state !== 'filled') throw new Error(`trade ${index}: ${JSON.stringify(report)}`)
    if (index < WARM_UP) return
    toSend.push(sent_ms - from_ms)
    total.push(real.wall_ms() - from_ms)
  }
  for (let index = 0; index < WARM_UP; index++) await trade(index)
  const running: Promise<void>[] = []
  for (let index = WARM_UP; index < WARM_UP + trades; index++) {
    running.push(trade(index))
    await real.sleep(APART_MS)
  }
  await Promise.all(running)
  await world.close()
  return {
    met: percentile(total, 99) < TARGET_MS,
    lines: [
      `decision to confirmed, ${trades} trades in real time, ${DELAY_MS} ms added to every answer:`,
      line('decision to first send', toSend),
      line('decision to receipt', total),
      `  p99 ${percentile(total, 99).toFixed(0)} ms (to reach: under ${TARGET_MS} ms)`,
    ],
  }
}
