import { isForgeError, messageOf } from '../../../core/errors/forge-error.ts'
import type { ForgeEvent } from '../../../core/index.ts'
import type { PipelineRun } from '../../../core/runtime/run.ts'
import { type Random, seededRandom } from '../../../core/time/random.ts'
import type { VirtualClock } from '../../../core/time/virtual-clock.ts'
import type { Disk } from '../faults/disk.ts'
import type { Fault, FaultPlan } from '../faults/fault-plan.ts'
import type { Lines } from '../faults/lines.ts'
import type { Network } from '../faults/network.ts'
import { StorePorts } from '../faults/store-port.ts'
import { WatchedDatabase } from '../faults/watched-database.ts'
import type { Given } from '../order-checks.ts'
import type { Trace } from '../trace.ts'
import { type Alterations, runProcess, type Surroundings } from './incarnation.ts'
import { Dead, Life } from './life.ts'
import { MachineClock, type MachineTime } from './machine-clock.ts'

const PAUSE_MAX_MS = 60_000
const FORWARD_MAX_MS = 300_000
const BACK_MAX_MS = 120_000
const DOWN_MAX_MS = 90_000
const AGAIN_MS = 3_000
const LOOKS_MAX = 5
/** Of the machine's clock: most are right, a bad one is a minute off after an hour. */
const DRIFTS = [0, 0, 0, 0.000_1, -0.000_1, 0.02, -0.02]

interface Process {
  readonly life: Life
  database?: WatchedDatabase
  run?: PipelineRun
}

/** What every process of the machine is given alike. */
export interface Shared extends Pick<Surroundings, 'cluster' | 'wallet' | 'wishes' | 'twoEndpoints'> {
  /** Each process has its own: what it keeps in memory dies with it. */
  readonly alter: () => Alterations
}

/** A machine with a supervisor, that starts a process again whenever none runs, until one has come to its end. */
export class Machine {
  /** Resolves when a process has come to its end and none is left. */
  readonly done: Promise<void>
  readonly events: ForgeEvent[] = []
  /** Prices and what order nodes report, in order. */
  readonly given: Given[] = []
  powerCuts = 0
  /** The furthest that its jumps have ever set its clock ahead. */
  ahead_ms = 0
  readonly time: MachineTime
  /** What processes threw that was no error of ours. */
  readonly defects: string[] = []
  started = 0
  readonly #processes = new Set<Process>()
  readonly #clock: VirtualClock
  readonly #network: Network
  readonly #lines: Lines
  readonly #disk: Disk
  readonly #trace: Trace
  readonly #random: Random
  readonly #shared: Shared
  readonly #ports: StorePorts
  readonly #seed: string
  readonly #finish: () => void
  #completed = false
  #restarting = false
  #holderEnded = false
  #looksLeft = LOOKS_MAX
  #starts = 0
  readonly #plan: FaultPlan
  readonly #isCalm: () => boolean

  constructor(parts: {
    clock: VirtualClock
    network: Network
    lines: Lines
    disk: Disk
    plan: FaultPlan
    trace: Trace
    seed: string
    shared: Shared
    isCalm: () => boolean
  }) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.done = promise
    this.#finish = resolve
    this.#clock = parts.clock
    this.#network = parts.network
    this.#lines = parts.lines
    this.#disk = parts.disk
    this.#trace = parts.trace
    this.#shared = parts.shared
    this.#seed = parts.seed
    this.#plan = parts.plan
    this.#isCalm = parts.isCalm
    this.#random = seededRandom(`${parts.seed}/supervisor`)
    const drift = DRIFTS[seededRandom(`${parts.seed}/drift`).int(DRIFTS.length)]!
    this.time = { offset_ms: 0, since_ms: parts.clock.now(), drift }
    this.#ports = new StorePorts({
      ...parts,
      cutPower: random => this.#cutPower(random),
      durability: parts.shared.alter().durability,
    })
  }

  /** The supervisor starts the program; at times twice at once, as when a person does the same. */
  start(): void {
    this.#launch()
    if (!this.#isCalm() && this.#plan.at('start', `start ${this.#starts++}`)) this.#launch()
  }

  #launch(): void {
    if (this.#completed) return
    const life = new Life(++this.started)
    const started: Process = { life }
    if (this.#processes.size === 0 && this.#holderEnded) this.#disk.markHolderEnded()
    this.#holderEnded = false
    this.#processes.add(started)
    this.#trace.add(`${life.number} starts`, true)
    const { number } = life
    runProcess({
      ...this.#shared,
      alterations: this.#shared.alter(),
      clock: new MachineClock({
        world: this.#clock,
        machine: this.time,
        life,
        trace: this.#trace,
        crash: thrown => this.#crashed(started, thrown),
      }),
      fetch: this.#network.fetchOf(life),
      pubsub: this.#lines.endpointOf(life),
      // The machine's entropy: a deployment's name follows from it, and a lost one is another one.
      random: seededRandom(`${this.#seed}/process ${number}`),
      openDatabase: () => this.#open(life),
      onDatabase: database => {
        started.database = database
      },
      onRun: run => {
        started.run = run
      },
      onEvent: event => this.#see(life, event),
      onGiven: (node, event) => this.#given(life, node, event),
    }).then(
      ({ ended, errors }) => this.#ended(started, ended, errors.map(({ error }) => error.code).join(' ')),
      (thrown: unknown) => {
        // Messages of ours name paths and process ids, which differ from run to run.
        if (isForgeError(thrown)) this.#ended(started, thrown.code, '')
        else if (!(thrown instanceof Dead)) this.#crashed(started, thrown)
      },
    )
    life.whenDead(() => this.#died(started))
  }

  /** Something happens to the machine. */
  strike({ kind, key, random }: Fault<'machine'>): void {
    if (this.#completed) return
    this.#trace.add(`${key} ** ${kind}`, true)
    const running = [...this.#processes].find(({ life }) => life.state === 'running')
    switch (kind) {
      case 'killed':
        running?.life.kill()
        return
      case 'power':
        this.#cutPower(random)
        return
      case 'paused':
        if (running) this.#pause(running, random)
        return
      case 'second':
        this.#launch()
        return
      case 'stopped':
        running?.run?.drain('a signal')
        return
      case 'clock-forward':
        this.time.offset_ms += random.int(FORWARD_MAX_MS)
        this.ahead_ms = Math.max(this.ahead_ms, this.time.offset_ms)
        return
      case 'clock-back':
        this.time.offset_ms -= random.int(BACK_MAX_MS)
        return
      case 'node-behind':
        this.#network.fallBehind(random)
        return
    }
  }

  #open(life: Life): WatchedDatabase {
    const database = new WatchedDatabase(this.#disk.file, { busyTimeout_ms: 0 })
    this.#disk.synced()
    database.port = this.#ports.of(life)
    return database
  }

  #see(life: Life, event: ForgeEvent): void {
    this.events.push(event)
    const text =
      event.kind === 'report' ? `${event.key}: ${event.state}` : String('text' in event ? event.text : event.kind)
    this.#trace.add(`${life.number} says ${text}`, true)
  }

  #given(life: Life, node: string, event: ForgeEvent): void {
    if (event.kind === 'price') this.#trace.add(`${life.number} ${node} ${event.price.scaled}`, true)
    if (event.kind === 'price' || event.kind === 'report') this.given.push({ process: life.number, node, event })
  }

  #pause({ life }: Process, random: Random): void {
    life.pause()
    this.#clock.at(this.#clock.now() + random.int(PAUSE_MAX_MS), () => {
      if (life.state !== 'paused') return
      this.#trace.add(`${life.number} goes on`, true)
      life.resume()
    })
    this.#startAgain(AGAIN_MS)
  }

  #cutPower(random: Random): void {
    const lost = this.#disk.cutPower(random)
    this.powerCuts++
    this.#trace.add(`the power is cut: ${lost} bytes of the log are lost`, true)
    for (const { life } of [...this.#processes]) life.kill()
  }

  #ended(ended: Process, how: string, why: string): void {
    if (ended.life.state === 'dead') return
    this.#trace.add(`${ended.life.number} ends: ${how}${why === '' ? '' : `: ${why}`}`, true)
    if (how === 'completed') this.#complete()
    // Whatever it left running can do nothing more.
    ended.life.kill()
  }

  /** What asks a person is looked at again, as a person would, when the network has recovered. */
  #complete(): void {
    if (this.#looksLeft > 0 && this.#disk.orders().some(({ state }) => state === 'unresolved')) this.#looksLeft--
    else this.#completed = true
  }

  #crashed(crashed: Process, thrown: unknown): void {
    if (crashed.life.state === 'dead') return
    this.defects.push(messageOf(thrown))
    this.#ended(crashed, 'crashed', messageOf(thrown))
  }

  #died(dead: Process): void {
    if (!this.#processes.delete(dead)) return
    this.#trace.add(`${dead.life.number} is gone`, true)
    dead.database?.close()
    if (this.#completed) {
      if (this.#processes.size === 0) this.#finish()
      return
    }
    this.#holderEnded = this.#random.int(2) === 0
    this.#startAgain(this.#random.int(2) === 0 ? AGAIN_MS : this.#random.int(DOWN_MAX_MS))
  }

  #startAgain(delay_ms: number): void {
    if (this.#restarting) return
    this.#restarting = true
    this.#clock.at(this.#clock.now() + delay_ms, () => {
      this.#restarting = false
      if ([...this.#processes].some(({ life }) => life.state === 'running')) return
      this.start()
    })
  }
}
