import type { Venue } from '../../../core/index.ts'
import { journalWith } from '../../journal-with.ts'
import { line, percentile } from './percentiles.ts'
import { benchWorld, type Fetch, real, TRADE } from './world.ts'

const WARM_UP = 60
/** Sizes in USDC units, so that one pool wins, two hops are looked at, and a split pays. */
const SIZES = [20_000_000n, 500_000_000n, 4_000_000_000n]
const TARGET_MS = 50

/** Time during which at least one request is with the server: what is not ours. */
class ServerTime {
  spent_ms = 0
  spentCpu_ms = 0
  #open = 0
  #since = 0
  #sinceCpu = 0

  readonly watch =
    (fetch: Fetch): Fetch =>
    async (input, init) => {
      if (this.#open++ === 0) {
        this.#since = real.wall_ms()
        this.#sinceCpu = cpu_ms()
      }
      try {
        return await fetch(input, init)
      } finally {
        if (--this.#open === 0) {
          this.spent_ms += real.wall_ms() - this.#since
          this.spentCpu_ms += cpu_ms() - this.#sinceCpu
        }
      }
    }
}

/** What this thread has computed: other processes and the disk do not count. */
function cpu_ms(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** When each step of a trade was passed, and how much of it the server had until then. */
class Marks {
  readonly #server: ServerTime
  #at: { name: string; wall_ms: number; server_ms: number }[] = []
  #isOver = false

  constructor(server: ServerTime) {
    this.#server = server
  }

  start(): void {
    this.#at = []
    this.#isOver = false
    this.pass('start')
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** The first send is made: what an order over several transactions does after it is not on the way there. */
  end(name: string): void {
    this.pass(name)
    this.#isOver = true
  }

  pass(name: string): void {
    if (this.#isOver || (name !== 'start' && this.#at.length === 0)) return
    this.#at.push({ name, wall_ms: real.wall_ms(), server_ms: this.#server.spent_ms })
  }

  /** Our own milliseconds of each step, in order. */
  own(): readonly { name: string; own_ms: number }[] {
    return this.#at.slice(1).map(({ name, wall_ms, server_ms }, index) => {
      const before = this.#at[index]!
      return { name, own_ms: wall_ms - before.wall_ms - (server_ms - before.server_ms) }
    })
  }
}

/**
 * From the decision (the intent is handed to the trader) to the first send, all venues compared, warm. The chain is in
 * this process: what it takes is measured apart.
 *
 * @returns the lines to print, and whether the target was met
 */
export async function firstSend(runs: number): Promise<{ lines: readonly string[]; met: boolean }> {
  const server = new ServerTime()
  const marks = new Marks(server)
  const world = await benchWorld('virtual', {
    fetch: server.watch,
    signer: wallet => ({
      publicKey: wallet.publicKey,
      sign: message => {
        marks.pass('check the simulation')
        const signature = wallet.sign(message)
        marks.pass('sign')
        return signature
      },
    }),
    journal: journal =>
      journalWith(journal, {
        synced: async () => {
          await journal.synced()
          marks.pass('journal, synced to the disk')
        },
      }),
    sender: sender =>
      sender.kind === 'live'
        ? {
            ...sender,
            send: async (...given) => {
              marks.end('send')
              return sender.send(...given)
            },
          }
        : sender,
  })
  const route = world.route()
  const compared: number[] = []
  const venue: Venue = {
    name: route.name,
    quote: async (request, signal) => {
      marks.pass('take the key')
      const { quote, comparison } = await route.decide(request, signal)
      marks.pass('read pools, compare, split, fit')
      if (!marks.isOver) compared.push(comparison.timing.find(({ step }) => step === 'compare and split')?.wall_ms ?? 0)
      return quote
    },
    plan: async (...given) => {
      marks.pass('claim the funds')
      const plan = await route.plan(...given)
      marks.pass('plan')
      return plan
    },
  }
  const steps = new Map<string, number[]>()
  const totals: number[] = []
  const cpu: number[] = []
  const servers: number[] = []
  for (let run = -WARM_UP; run < runs; run++) {
    const before_ms = server.spent_ms
    const cpuBefore_ms = cpu_ms() - server.spentCpu_ms
    let cpuAtSend_ms = 0
    let spentAtSend_ms = 0
    const units = SIZES[Math.abs(run) % SIZES.length]!
    marks.start()
    const report = await world.drive(
      world.trader.trade(world.intent(run, units), venue, {
        ...TRADE,
        onReport: step => {
          if (step.state !== 'sent' || step.attempt > 1) return
          spentAtSend_ms = server.spent_ms - before_ms
          cpuAtSend_ms = cpu_ms() - server.spentCpu_ms - cpuBefore_ms
        },
      }),
    )
    if (report.state !== 'filled') throw new Error(`run ${run}: ${JSON.stringify(report)}`)
    if (run < 0) continue
    const own = marks.own()
    for (const { name, own_ms } of own) steps.set(name, [...(steps.get(name) ?? []), own_ms])
    totals.push(own.reduce((sum, { own_ms }) => sum + own_ms, 0))
    servers.push(spentAtSend_ms)
    cpu.push(cpuAtSend_ms)
  }
  await world.close()
  const met = percentile(totals, 99) < TARGET_MS
  return {
    met,
    lines: [
      `decision to first send, ${runs} trades, orca + raydium + the embedded market warm (our own time):`,
      ...[...steps].map(([name, values]) => line(name, values)),
      line('of that, compare and split', compared.slice(WARM_UP)),
      line('all of our own', totals),
      line('of that, computing (CPU time)', cpu),
      line('beside it, the server', servers),
      `  p99 ${percentile(totals, 99).toFixed(1)} ms (to reach: under ${TARGET_MS} ms)`,
    ],
  }
}
