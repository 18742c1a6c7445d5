import type { Line, PubSubEndpoint } from '../../../core/chain/pubsub/line.ts'
import { ForgeError } from '../../../core/errors/forge-error.ts'
import type { Localnet } from '../../../core/localnet/localnet.ts'
import type { Clock } from '../../../core/time/clock.ts'
import { seededRandom } from '../../../core/time/random.ts'
import type { Life } from '../process/life.ts'
import type { Trace } from '../trace.ts'
import type { Fault, FaultPlan } from './fault-plan.ts'

const WAY_MAX_MS = 60
const SLOW_MAX_MS = 5_000
/** So long at the most a bad line is a good one first. */
const GOOD_MAX_MS = 90_000

interface LinesParts {
  readonly localnet: Localnet
  readonly clock: Clock
  readonly plan: FaultPlan
  readonly trace: Trace
  readonly seed: string
  readonly isCalm: () => boolean
}

/** The way of notifications: a line that can not be opened, breaks, goes silent without a word, or is slow. */
export class Lines {
  readonly #parts: LinesParts
  #opened = 0

  constructor(parts: LinesParts) {
    this.#parts = parts
  }

  /** The endpoint as one process reaches it; its lines end with it. */
  endpointOf(life: Life): PubSubEndpoint {
    return {
      name: 'the simulated line',
      // Slots tell a silent line from a quiet market; where no line goes silent they would only take time.
      pulses: this.#parts.plan.mayHave('line', 'silent'),
      open: async (events, signal) => {
        const key = `line ${this.#opened++}`
        const { clock, isCalm, plan, trace } = this.#parts
        const fault = isCalm() ? undefined : plan.at('line', key)
        trace.add(`${life.number} ${key}${fault ? ` ** ${fault.kind}` : ''}`, fault !== undefined)
        await life.answer(clock.sleep(WAY_MAX_MS))
        signal.throwIfAborted()
        if (fault?.kind === 'refused') throw new ForgeError('RPC_UNAVAILABLE', { message: 'no line' })
        return this.#connect(life, key, fault, events)
      },
    }
  }

  #connect(
    life: Life,
    key: string,
    fault: Fault<'line'> | undefined,
    events: Parameters<PubSubEndpoint['open']>[0],
  ): Line {
    const { clock, localnet, seed, trace } = this.#parts
    const random = seededRandom(`${seed}/way/${key}`)
    const badFrom_ms = clock.now() + (fault ? fault.random.int(GOOD_MAX_MS) : 0)
    // What is sent first arrives first, however slow the line is.
    let lastArrival_ms = 0
    let isOpen = true
    const deliver = (work: () => void): void => {
      const isBad = fault !== undefined && clock.now() >= badFrom_ms
      if (isBad && fault.kind === 'silent') return
      const way_ms = isBad && fault.kind === 'slow' ? fault.random.int(SLOW_MAX_MS) : random.int(WAY_MAX_MS)
      lastArrival_ms = Math.max(lastArrival_ms, clock.now() + way_ms)
      clock.at(lastArrival_ms, () => {
        if (life.state === 'dead') end('its process is dead')
        else if (isOpen) {
          trace.add(`${life.number} ${key} brings something`)
          life.enter(work)
        }
      })
    }
    const line = localnet.pubsub.connect(text => deliver(() => events.onText(text)))
    const end = (why: string): void => {
      if (!isOpen) return
      isOpen = false
      line.close()
      trace.add(`${life.number} ${key} ends: ${why}`)
      life.enter(() => events.onClose(why))
    }
    if (fault?.kind === 'drops') clock.at(badFrom_ms, () => end('connection reset'))
    return {
      send: text => {
        life.assertAlive()
        trace.add(`${life.number} ${key} takes ${text.length}`)
        const answer = line.receive(text)
        if (answer !== undefined) deliver(() => events.onText(answer))
      },
      close: () => end('closed'),
    }
  }
}
