import { bareStops } from './bare.ts'
import { Marks, marking } from './marks.ts'
import { cpu_ms, real, ServerTime } from './server-time.ts'
import { servedChain, stopWorld } from './world.ts'

const TARGET_MS = 2_000
const WARM_UP = 5
/** Fires the stops that warm up, and those that are measured. */
const [FIRST, THEN] = ['300', '140']

interface Burst {
  /** From the price to the first send of the last order. */
  readonly wall_ms: number
  /** What this thread computed meanwhile; the chain has a process of its own. */
  readonly computed_ms: number
}

const stopsOf = (count: number) =>
  Array.from({ length: WARM_UP + count }, (_, index) => ({
    price: index < WARM_UP ? FIRST : THEN,
    lamports: 1_000_000n + BigInt(index),
  }))

/** Measures from `start` to the send of the last of so many different transactions. */
function stopwatch(count: number) {
  const sent = new Set<string>()
  let from = { wall: 0, cpu: 0 }
  let burst: Burst = { wall_ms: 0, computed_ms: 0 }
  return {
    start: () => {
      sent.clear()
      from = { wall: real.wall_ms(), cpu: cpu_ms() }
    },
    sent: (name: string) => {
      if (sent.has(name)) return
      sent.add(name)
      burst = { wall_ms: real.wall_ms() - from.wall, computed_ms: cpu_ms() - from.cpu }
    },
    read: (): Burst => {
      if (sent.size !== count) throw new Error(`${sent.size} of ${count} were sent`)
      return burst
    },
  }
}

async function ours(count: number): Promise<Burst> {
  const watch = stopwatch(count)
  const between = marking(new Marks(new ServerTime()), wire =>
    watch.sent(Buffer.from(wire.subarray(1, 65)).toString('base64')),
  )
  const world = await stopWorld(await servedChain(), stopsOf(count), between)
  world.push(FIRST)
  await world.ended(WARM_UP)
  watch.start()
  world.push(THEN)
  const reports = await world.ended(WARM_UP + count)
  const filled = reports.filter(({ state }) => state === 'filled').length
  const keys = new Set(reports.map(({ key }) => key)).size
  if (filled !== WARM_UP + count || keys !== filled) throw new Error(`${filled} filled of ${keys} keys`)
  await world.close()
  return watch.read()
}

async function bare(count: number): Promise<Burst> {
  const watch = stopwatch(count)
  const chain = await servedChain()
  let number = 0
  const fire = bareStops(chain, stopsOf(count), () => watch.sent(String(number++)))
  await Promise.all(fire(Number(FIRST)))
  watch.start()
  await Promise.all(fire(Number(THEN)))
  await chain.close()
  return watch.read()
}

/**
 * So many stops on one price, the chain in a process of its own behind HTTP: from the price to the last first send.
 *
 * @returns the lines to print, and whether the target was met
 */
export async function atOnce(count: number): Promise<{ lines: readonly string[]; met: boolean }> {
  const theirs = await bare(count)
  const own = await ours(count)
  const told = ({ wall_ms, computed_ms }: Burst): string =>
    `the last first send after ${wall_ms.toFixed(0)} ms; ${computed_ms.toFixed(0)} ms of that are this side's computing`
  return {
    met: own.computed_ms < TARGET_MS,
    lines: [
      `${count} stops on one price, each filled once; the rest of the time is the server's, which runs beside it:`,
      `  ours: ${told(own)}`,
      `  bare script: ${told(theirs)}`,
      `  ${own.computed_ms.toFixed(0)} ms (to reach: under ${TARGET_MS} ms)`,
    ],
  }
}
