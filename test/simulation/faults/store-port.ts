import type { Durability } from '../../../core/store/database.ts'
import { storeError } from '../../../core/store/sqlite-error.ts'
import type { Random } from '../../../core/time/random.ts'
import { Dead, type Life } from '../process/life.ts'
import type { Trace } from '../trace.ts'
import type { Disk } from './disk.ts'
import type { Fault, FaultPlan } from './fault-plan.ts'
import type { WritePort } from './watched-database.ts'

const FULL_MAX_MS = 20_000
/** SQLITE_FULL. Source: https://www.sqlite.org/rescode.html */
const FULL_CODE = 13

/** The way of every write to the disk, with what may happen on it. */
export class StorePorts {
  readonly #disk: Disk
  readonly #plan: FaultPlan
  readonly #trace: Trace
  readonly #now: () => number
  readonly #isCalm: () => boolean
  readonly #cutPower: (random: Random) => void
  readonly #durability: (asked: Durability) => Durability
  readonly #counts = new Map<Durability, number>()
  #fullUntil = 0

  constructor(parts: {
    disk: Disk
    plan: FaultPlan
    trace: Trace
    now: () => number
    isCalm: () => boolean
    cutPower: (random: Random) => void
    durability: ((asked: Durability) => Durability) | undefined
  }) {
    this.#disk = parts.disk
    this.#plan = parts.plan
    this.#trace = parts.trace
    this.#now = parts.now
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
        life.assertAlive()
        const count = this.#counts.get(durability) ?? 0
        this.#counts.set(durability, count + 1)
        const key = `store ${durability} ${count}`
        fault = this.#isCalm() ? undefined : this.#plan.at('store', key)
        this.#trace.add(`${life.number} ${key}${fault ? ` ** ${fault.kind}` : ''}`, fault !== undefined)
        killIf('killed-before', 'power-before')
        if (fault?.kind === 'locked') unlock = this.#disk.lock()
        if (fault?.kind === 'full') this.#fullUntil = this.#now() + fault.random.int(FULL_MAX_MS)
        return this.#now() < this.#fullUntil ? () => this.#refuse() : undefined
      },
      over: () => {
        unlock?.()
        unlock = undefined
      },
      after: durability => {
        if (durability === 'now') this.#disk.synced()
        killIf('killed-after', 'power-after')
      },
    }
  }

  #refuse(): never {
    this.#trace.add('the disk is full', true)
    throw storeError(Object.assign(new Error('database or disk is full'), { errcode: FULL_CODE }), this.#disk.file)
  }
}
