import { line, percentile } from '../route/percentiles.ts'
import { bareStops } from './bare.ts'
import { Marks, marking } from './marks.ts'
import { cpu_ms, real, ServerTime } from './server-time.ts'
import { embeddedChain, stopWorld } from './world.ts'

const ARMED = 1_000
const WARM_UP = 60
const TARGET_MS = 15
const STEP = 100

/** So many stops below each other, a hundredth apart: a price fires exactly one. */
const stops = Array.from({ length: ARMED }, (_, index) => ({
  price: ((STEP * 10_000 - index) / STEP).toFixed(2),
  lamports: 1_000_000n + BigInt(index),
}))

/** Our own time of so many firings, one after the other, by the wall and by what was computed. */
interface Firings {
  readonly totals: number[]
  readonly computed: number[]
  readonly steps: Map<string, number[]>
}

async function ours(runs: number): Promise<Firings> {
  const server = new ServerTime()
  const marks = new Marks(server)
  const chain = await embeddedChain()
  let cpuAtStart_ms = 0
  let serverCpuAtStart_ms = 0
  let own_ms = 0
  let isSent = false
  const watched = { ...chain, fetch: server.watch(chain.fetch) }
  const world = await stopWorld(
    watched,
    stops,
    marking(marks, () => {
      if (isSent) return
      isSent = true
      marks.pass('to the sender')
      marks.end()
      own_ms = cpu_ms() - cpuAtStart_ms - (server.spentCpu_ms - serverCpuAtStart_ms)
    }),
  )
  const found: Firings = { totals: [], computed: [], steps: new Map() }
  for (let run = 0; run < WARM_UP + runs; run++) {
    isSent = false
    cpuAtStart_ms = cpu_ms()
    serverCpuAtStart_ms = server.spentCpu_ms
    marks.start()
    world.push(stops[run]!.price)
    const reports = await world.ended(run + 1)
    if (reports.at(-1)?.state !== 'filled') throw new Error(JSON.stringify(reports.at(-1)))
    if (run < WARM_UP) continue
    const own = marks.own()
    for (const { name, own_ms: step_ms } of own) found.steps.set(name, [...(found.steps.get(name) ?? []), step_ms])
    found.totals.push(own.reduce((sum, step) => sum + step.own_ms, 0))
    found.computed.push(own_ms)
  }
  await world.close()
  return found
}

async function bare(runs: number): Promise<Firings> {
  const server = new ServerTime()
  const chain = await embeddedChain()
  const found: Firings = { totals: [], computed: [], steps: new Map() }
  let start = { wall: 0, server: 0, cpu: 0, serverCpu: 0 }
  let isSent = false
  const fire = bareStops({ ...chain, fetch: server.watch(chain.fetch) }, stops, () => {
    if (isSent) return
    isSent = true
    found.totals.push(real.wall_ms() - start.wall - (server.spent_ms - start.server))
    found.computed.push(cpu_ms() - start.cpu - (server.spentCpu_ms - start.serverCpu))
  })
  for (let run = 0; run < WARM_UP + runs; run++) {
    isSent = false
    start = { wall: real.wall_ms(), server: server.spent_ms, cpu: cpu_ms(), serverCpu: server.spentCpu_ms }
    await chain.drive(Promise.all(fire(Number(stops[run]!.price))))
  }
  await chain.close()
  return { ...found, totals: found.totals.slice(WARM_UP), computed: found.computed.slice(WARM_UP) }
}

/**
 * One of a thousand armed orders fires: from the price to the first send, our own time: what this thread computes for it.
 * Answers of the server and the disk's sync are waited for, and a busy machine lets others run meanwhile: what the wall
 * shows beside the server's time is told step by step, and held against nothing.
 *
 * @returns the lines to print, and whether the target was met
 */
export async function alone(runs: number): Promise<{ lines: readonly string[]; met: boolean }> {
  const theirs = await bare(runs)
  const own = await ours(runs)
  const met = percentile(own.computed, 99) < TARGET_MS
  return {
    met,
    lines: [
      `one of ${ARMED} armed stops fires, ${runs} times: from the price to the first send, without the server's time:`,
      ...[...own.steps].map(([name, values]) => line(name, values)),
      line('all of it, by the wall', own.totals),
      line('of that, computing (CPU time)', own.computed),
      line('a bare script, no journal, no guard', theirs.totals),
      line('of that, computing (CPU time)', theirs.computed),
      `  p99 ${percentile(own.computed, 99).toFixed(1)} ms of computing (to reach: under ${TARGET_MS} ms); the rest is the disk's sync, and who else runs`,
    ],
  }
}
