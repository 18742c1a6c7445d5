import { base58 } from '@scure/base'
import { LOCALNET_URL } from '../../../core/localnet/in-process-fetch.ts'
import type { LandedTransaction } from '../../../core/localnet/ledger/transactions.ts'
import type { Localnet } from '../../../core/localnet/localnet.ts'
import type { Http } from '../../../core/plugin/services.ts'
import type { Random } from '../../../core/time/random.ts'
import { seededRandom } from '../../../core/time/random.ts'
import type { VirtualClock } from '../../../core/time/virtual-clock.ts'
import type { Life } from '../process/life.ts'
import type { Trace } from '../trace.ts'
import type { Fault, FaultPlan } from './fault-plan.ts'
import { Landings } from './landings.ts'
import { answeredBehind, askedBehind, BehindFor, slotsBehind, toldByOlder } from './other-nodes.ts'

/** The endpoint that does everything; a second one only proves expiries. */
const FIRST_URL = LOCALNET_URL
const WAY_MAX_MS = 60
const SLOW_MAX_MS = 14_000
/** Longer than anybody waits for an answer. */
const LATE_MAX_MS = 90_000

/** One world in so many has a node from before Agave 3.0. */
const OLDER_ONE_IN = 4

const SERVER_ERRORS = [500, 502, 503, 504]

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Request {
  readonly key: string
  readonly method: string
  readonly url: string
  readonly init: RequestInit
  readonly body: string
  /** Of the transaction, when it brings one. */
  readonly signature: string | undefined
}

/** The way between processes and the chain's node: every request is a port call with a number and, at times, a fault. */
export class Network {
  readonly #localnet: Localnet
  readonly #clock: VirtualClock
  readonly #plan: FaultPlan
  readonly #trace: Trace
  readonly #seed: string
  readonly #isCalm: () => boolean
  readonly #landings: Landings
  readonly #counts = new Map<string, number>()
  readonly #sent = new Set<string>()
  /** The node does not tell what a simulation began with. */
  readonly #isOlder: boolean
  #behind: BehindFor | undefined

  constructor(parts: {
    localnet: Localnet
    clock: VirtualClock
    plan: FaultPlan
    trace: Trace
    seed: string
    isCalm: () => boolean
  }) {
    this.#localnet = parts.localnet
    this.#clock = parts.clock
    this.#plan = parts.plan
    this.#trace = parts.trace
    this.#seed = parts.seed
    this.#isCalm = parts.isCalm
    this.#isOlder = seededRandom(`${parts.seed}/older node`).int(OLDER_ONE_IN) === 0
    const land = async (wire: string): Promise<void> => {
      const params = [wire, { encoding: 'base64', skipPreflight: true, maxRetries: 0 }]
      await this.#localnet.rpc(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'sendTransaction', params }))
    }
    const takeBack = (): readonly LandedTransaction[] => this.#localnet.ledger.takeBack()
    this.#landings = new Landings({ ...parts, land, takeBack })
  }

  /** From now on, and for a while, the first endpoint answers some questions by a node that is behind. */
  fallBehind(random: Random): void {
    this.#behind = new BehindFor(random, this.#clock.now())
  }

  /** The fetch of one process. */
  fetchOf(life: Life): Http {
    return async (input, init = {}) => {
      const url = String(input)
      const body = typeof init.body === 'string' ? init.body : ''
      const isRpc = !url.includes('/swap/')
      const method = isRpc ? (JSON.parse(body) as { method: string }).method : new URL(url).pathname
      const count = this.#counts.get(method) ?? 0
      this.#counts.set(method, count + 1)
      const signature = method === 'sendTransaction' ? signatureIn(body) : undefined
      const request: Request = { key: `rpc ${method} ${count}`, method, url, init, body, signature }
      return life.answer(orAborted(this.#carry(life, request), init.signal))
    }
  }

  async #carry(life: Life, request: Request): Promise<Response> {
    const { key, signature } = request
    const fault = this.#isCalm() ? undefined : this.#plan.at('rpc', key)
    const random = seededRandom(`${this.#seed}/way/${key}`)
    // The same bytes go out again and again: a reader wants to see it once.
    const story = fault !== undefined || (signature !== undefined && !this.#sent.has(signature))
    if (signature !== undefined) this.#sent.add(signature)
    const told = signature === undefined ? '' : ` of ${signature.slice(0, 8)}`
    this.#trace.add(`${life.number} ${key}${told}${fault ? ` ** ${fault.kind}` : ''}`, story)
    await this.#clock.sleep(random.int(WAY_MAX_MS))
    switch (fault?.kind) {
      case 'killed-before':
        life.kill()
        return never()
      case 'silent-before':
        return never()
      case 'lost-before':
        throw new Error('connection refused')
      case '429':
        return new TextResponse({ status: 429, text: '', headers: { 'retry-after': String(fault.random.int(5)) } })
      case '5xx':
        return new TextResponse({ status: SERVER_ERRORS[fault.random.int(SERVER_ERRORS.length)]!, text: '' })
      case 'late':
        this.#later(request, fault.random)
        return never()
    }
    const answer = await this.#serve(request, fault)
    this.#trace.add(`${life.number} ${key} answered ${answer.status} ${answer.text.length}`)
    if (fault?.kind === 'doubled') this.#later(request, fault.random)
    await this.#clock.sleep(fault?.kind === 'slow' ? fault.random.int(SLOW_MAX_MS) : random.int(WAY_MAX_MS))
    switch (fault?.kind) {
      case 'killed-after':
        life.kill()
        return never()
      case 'silent-after':
        return never()
      case 'lost-after':
        throw new Error('connection reset')
      default:
        return new TextResponse(answer)
    }
  }

  /** It is under way for longer than anybody waits, and arrives all the same. */
  #later(request: Request, random: Random): void {
    this.#clock.at(this.#clock.now() + random.int(LATE_MAX_MS), () => {
      this.#trace.add(`${request.key} arrives late`, request.method === 'sendTransaction')
      this.#serve(request, undefined).catch((thrown: unknown) => this.#trace.add(`${request.key}: ${String(thrown)}`))
    })
  }

  async #serve(request: Request, fault: Fault<'rpc'> | undefined): Promise<Answer> {
    return this.#clock.holdWhile(request.method, async () => {
      const { method, body, init, url, signature } = request
      if (method.startsWith('/')) {
        const answer = await this.#localnet.fetch(url, { ...init, signal: null })
        return { status: answer.status, text: await answer.text() }
      }
      if (signature !== undefined) return this.#send(body, signature)
      const lag = this.#behind?.slots(method, this.#clock.now()) ?? 0
      const behind = fault?.kind === 'behind' ? slotsBehind(method, fault.random) : url === FIRST_URL ? lag : 0
      const text = await this.#localnet.rpc(behind > 0 ? askedBehind(body) : body)
      if (method === 'simulateTransaction' && this.#isOlder) return { status: 200, text: toldByOlder(text) }
      if (method === 'getSignatureStatuses') return { status: 200, text: this.#withForks(body, text, behind) }
      return { status: 200, text: behind > 0 ? answeredBehind(method, text, this.#localnet.ledger, behind) : text }
    })
  }

  async #send(body: string, signature: string): Promise<Answer> {
    const { id, params } = JSON.parse(body) as { id: number; params: [string] }
    await this.#landings.arrive(signature, params[0])
    return { status: 200, text: JSON.stringify({ jsonrpc: '2.0', id, result: signature }) }
  }

  #withForks(body: string, text: string, behind: number): string {
    if (behind > 0) return answeredBehind('getSignatureStatuses', text, this.#localnet.ledger, behind)
    const asked = (JSON.parse(body) as { params: [string[]] }).params[0]
    const answer = JSON.parse(text) as { result: { context: { slot: number }; value: (object | null)[] } }
    const slot = this.#localnet.ledger.slot()
    answer.result.value = answer.result.value.map(
      (status, index) => status ?? this.#landings.forkedStatus(asked[index]!, slot),
    )
    return JSON.stringify(answer)
  }
}

function signatureIn(body: string): string {
  const { params } = JSON.parse(body) as { params: [string] }
  return base58.encode(Buffer.from(params[0], 'base64').subarray(1, 65))
}

/** A response that gives its text back as it was: a stream for each of three hundred answers takes longer than the rest. */
class TextResponse extends Response {
  override readonly text: () => Promise<string>
  override readonly json: () => Promise<unknown>

  constructor({ status, text, headers = {} }: Answer) {
    super(null, { status, headers: { 'content-type': 'application/json', ...headers } })
    this.text = async () => text
    this.json = async () => JSON.parse(text)
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined)
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
