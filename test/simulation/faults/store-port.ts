import type { Durability } from '../../../core/store/database.ts'
import { storeError } from '../../../core/store/sqlite-error.ts'
import type { Clock } from '../../../core/time/clock.ts'
import { type Random, seededRandom } from '../../../core/time/random.ts'
import { Dead, type Life } from '../process/life.ts'
import type { Trace } from '../trace.ts'
import type { Disk } from './disk.ts'
import type { Fault, FaultPlan } from './fault-plan.ts'
import type { WritePort } from './watched-database.ts'

/** How long a disk takes for a sync. */
const SYNC_MAX_MS = 10
const SLOW_SYNC_MAX_MS = 3_000
const FULL_MAX_MS = 20_000
/** Another program may keep its lock for longer than one write: a backup does. */
const LOCKED_MAX_MS = 8_000
/** So much of a statement tells which one it is. */
const SQL_TOLD = 60
/** SQLITE_FULL. Source: https://www.sqlite.org/rescode.html */
const FULL_CODE = 13

/** The way of every write to the disk, with what may happen on it. */
export class StorePorts {
  readonly #disk: Disk
  readonly #plan: FaultPlan
  readonly #trace: Trace
  readonly #clock: Clock
  readonly #seed: string
  readonly #isCalm: () => boolean
  readonly #cutPower: (random: Random) => void
  readonly #durability: (asked: Durability) => Durability
  readonly #counts = new Map<Durability | 'sync', number>()
  readonly #broken = new WeakSet<Life>()
  #fullUntil = 0
  #lockedUntil = 0

  constructor(parts: {
    disk: Disk
    plan: FaultPlan
    trace: Trace
    clock: Clock
    seed: string
    isCalm: () => boolean
    cutPower: (random: Random) => void
    durability: ((asked: Durability) => Durability) | undefined
  }) {
    this.#disk = parts.disk
    this.#plan = parts.plan
    this.#trace = parts.trace
    this.#clock = parts.clock
    this.#seed = parts.seed
    this.#isCalm = parts.isCalm
    this.#cutPower = parts.cutPower
    this.#durability = parts.durability ?? (asked => asked)
  }

  of(life: Life): WritePort {
    let fault: Fault<'store'> | undefined
    let unlock: (() => void) | undefined
    const killIf = (killed: Fault['kind'], power: Fault['kind']): void => {
      if (fault?.kind === killed) life.kill()
      else if (fault?.kind === power) this.#cutPower(fault.random)
      else return
      throw new Dead(`process ${life.number} died at a write`)
    }
    return {
      durability: this.#durability,
      before: durability => {
        fault = this.#enter(life, durability).fault
        killIf('killed-before', 'power-before')
        if (this.#isLocked(fault)) unlock = this.#disk.lock()
        if (fault?.kind === 'full') this.#fullUntil = this.#clock.now() + fault.random.int(FULL_MAX_MS)
        const isRefused = this.#clock.now() < this.#fullUntil || this.#broken.has(life)
        return isRefused ? () => this.#refuse() : undefined
      },
      over: () => {
        unlock?.()
        unlock = undefined
      },
      after: durability => {
        if (durability === 'now') this.#disk.synced()
        killIf('killed-after', 'power-after')
      },
      read: sql => {
        life.assertAlive()
        this.#trace.add(`${life.number} store reads ${sql.slice(0, SQL_TOLD)}`)
      },
      sync: () => life.answer(this.#sync(life)),
    }
  }

  #isLocked(fault: Fault<'store'> | undefined): boolean {
    const now = this.#clock.now()
    if (fault?.kind !== 'locked') return now < this.#lockedUntil
    const keeps = fault.random.int(2) === 0
    this.#lockedUntil = keeps ? now + fault.random.int(LOCKED_MAX_MS) : now
    return true
  }

  /** What is in the log when it is asked for is on the disk a little later. */
  async #sync(life: Life): Promise<void> {
    const { fault, key } = this.#enter(life, 'sync')
    const mark = this.#disk.mark()
    if (fault?.kind === 'locked') await this.#clock.sleep(fault.random.int(SLOW_SYNC_MAX_MS))
    const part_ms = seededRandom(`${this.#seed}/way/${key}`).int(SYNC_MAX_MS)
    await this.#clock.sleep(part_ms)
    if (fault?.kind === 'killed-before') life.kill()
    if (fault?.kind === 'power-before') this.#cutPower(fault.random)
    await this.#clock.sleep(SYNC_MAX_MS - part_ms)
    if (fault?.kind === 'full') {
      // What a failed sync was to bring to the disk may never get there: whoever writes next is told as well.
      this.#broken.add(life)
      this.#refuse()
    }
    this.#disk.synced(mark)
    if (fault?.kind === 'killed-after') life.kill()
    if (fault?.kind === 'power-after') this.#cutPower(fault.random)
  }

  #enter(life: Life, what: Durability | 'sync'): { readonly key: string; readonly fault: Fault<'store'> | undefined } {
    life.assertAlive()
    const count = this.#counts.get(what) ?? 0
    this.#counts.set(what, count + 1)
    const key = `store ${what} ${count}`
    const fault = this.#isCalm() ? undefined : this.#plan.at('store', key)
    this.#trace.add(`${life.number} ${key}${fault ? ` ** ${fault.kind}` : ''}`, fault !== undefined)
    return { key, fault }
  }

  #refuse(): never {
    this.#trace.add('the disk is full', true)
    throw storeError(Object.assign(new Error('database or disk is full'), { errcode: FULL_CODE }), this.#disk.file)
  }
}
