import { type Random, seededRandom } from '../../../core/time/random.ts'

/** What may go wrong, by where it does. */
const KINDS = {
  /** One request and its answer. */
  rpc: [
    'lost-before',
    'lost-after',
    'silent-before',
    'silent-after',
    'slow',
    'late',
    'doubled',
    '429',
    '5xx',
    'behind',
    'killed-before',
    'killed-after',
  ],
  /** One transaction on its way into a block. */
  landing: ['dropped-some', 'dropped-all', 'late', 'forked', 'taken-back'],
  /** One write to the store. */
  store: ['killed-before', 'killed-after', 'power-before', 'power-after', 'locked', 'full'],
  /** One line for notifications. */
  line: ['refused', 'drops', 'silent', 'slow'],
  /** The machine, at a moment of its own. */
  machine: ['killed', 'power', 'paused', 'second', 'stopped', 'clock-forward', 'clock-back', 'node-behind'],
  /** One time that the supervisor starts the program. */
  start: ['twice'],
} as const

export type Port = keyof typeof KINDS
/** A port whose calls are counted, each with a key of its own. */
export type CallPort = Exclude<Port, 'machine'>
export type FaultKind<P extends Port> = (typeof KINDS)[P][number]

export interface Fault<P extends Port = Port> {
  /** Where and when, as in `rpc sendTransaction 3`: stays what it is when another fault is left out. */
  readonly key: string
  readonly kind: FaultKind<P>
  /** What the fault draws from when it needs a number. */
  readonly random: Random
}

/** How often each port fails: quiet worlds and wild ones. */
const RATES: Readonly<Record<Port, readonly number[]>> = {
  rpc: [0, 0.01, 0.04, 0.15],
  landing: [0, 0.2, 0.5],
  store: [0, 0.01, 0.05],
  line: [0, 0.3, 0.8],
  machine: [0, 2, 5],
  start: [0, 0, 0.4],
}

/**
 * The faults of one seed. Each is a function of the seed and its own key alone, so that any of them can be left out and
 * the others stay. A seed has some kinds only: two that seldom meet in a mix of all meet in a mix of few.
 */
export class FaultPlan {
  readonly drawn: string[] = []
  readonly drawnKinds = new Set<string>()
  readonly #seed: string
  readonly #only: ReadonlySet<string> | undefined
  readonly #rates: Record<Port, number>
  readonly #kinds: { readonly [P in Port]: readonly FaultKind<P>[] }

  constructor(seed: string, only?: ReadonlySet<string>) {
    this.#seed = seed
    this.#only = only
    const random = seededRandom(`${seed}/kinds`)
    const rate = (port: Port): number => RATES[port][random.int(RATES[port].length)]!
    const some = <Kind>(kinds: readonly Kind[]): readonly Kind[] => kinds.filter(() => random.int(3) > 0)
    this.#rates = {
      rpc: rate('rpc'),
      landing: rate('landing'),
      store: rate('store'),
      line: rate('line'),
      machine: rate('machine'),
      // Of a stream of its own, as is all that came later: the worlds there were stay what they are.
      start: RATES.start[seededRandom(`${seed}/starts`).int(RATES.start.length)]!,
    }
    this.#kinds = {
      rpc: some(KINDS.rpc),
      landing: some(KINDS.landing),
      store: some(KINDS.store),
      line: some(KINDS.line),
      machine: some(KINDS.machine),
      start: KINDS.start,
    }
  }

  /** The fault of this call, when it has one. */
  at<P extends CallPort>(port: P, key: string): Fault<P> | undefined {
    if (this.#rates[port] === 0) return undefined
    const random = seededRandom(`${this.#seed}/${key}`)
    return random.next() < this.#rates[port] ? this.#pick(port, key, random) : undefined
  }

  /** Whether a port of this seed may have such a fault at all. */
  mayHave<P extends Port>(port: P, kind: FaultKind<P>): boolean {
    return this.#rates[port] > 0 && this.#kinds[port].includes(kind)
  }

  /** The faults of the machine, with the part of the time at which each comes. */
  moments(): readonly { readonly fault: Fault<'machine'>; readonly part: number }[] {
    const found: { fault: Fault<'machine'>; part: number }[] = []
    for (let number = 0; number < this.#rates.machine; number++) {
      const key = `machine ${number}`
      const random = seededRandom(`${this.#seed}/${key}`)
      const part = random.next()
      const fault = this.#pick('machine', key, random)
      if (fault) found.push({ fault, part })
    }
    return found
  }

  #pick<P extends Port>(port: P, key: string, random: Random): Fault<P> | undefined {
    const kinds = this.#kinds[port]
    const kind = kinds[random.int(kinds.length)]
    if (kind === undefined || (this.#only && !this.#only.has(key))) return undefined
    this.drawn.push(key)
    this.drawnKinds.add(kind)
    return { key, kind, random }
  }
}
