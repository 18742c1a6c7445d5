import { setImmediate } from 'node:timers/promises'
import { ForgeError } from '../../errors/forge-error.ts'
import { redactUrl } from '../redact.ts'
import { exchange, exchangeCall, type Failure, type Line, memberOutcome, type Outcome } from '../rpc/exchange.ts'

/** Members of one array; public nodes count each against their limits. */
const MEMBERS_MAX = 50
/** Bytes of one array's members. Source: Agave takes bodies of 50 KB. */
const BYTES_MAX = 40_000
/** Arrays that may fail in passing before an endpoint is taken for one that can't read them. */
const DOUBTS_MAX = 2

interface Member {
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
  readonly signal: AbortSignal | undefined
  readonly text: string
  readonly settle: (outcome: Outcome<unknown>) => void
  readonly fail: (thrown: unknown) => void
}

/**
 * Puts the calls of one turn of the event loop into one JSON-RPC array, where the endpoint takes arrays: that is found
 * out by the first one. An endpoint that does not is asked one by one from then on.
 */
export class Batcher {
  readonly #line: Line
  readonly #nextId: () => number
  #waiting: Member[] = []
  #doubts = 0
  /** Undefined until an array has been answered. */
  takesArrays: boolean | undefined

  constructor(line: Line, nextId: () => number) {
    this.#line = line
    this.#nextId = nextId
  }

  /** @throws the signal's reason when it aborts */
  async call<T>(method: string, params: readonly unknown[], signal: AbortSignal | undefined): Promise<Outcome<T>> {
    if (this.takesArrays === false) return exchangeCall(this.#line, this.#nextId(), method, params, signal)
    const id = this.#nextId()
    const text = JSON.stringify({ jsonrpc: '2.0', id, method, params })
    return new Promise<Outcome<T>>((settle, fail) => {
      const abort = (): void => fail(signal?.reason)
      if (signal?.aborted) return abort()
      signal?.addEventListener('abort', abort, { once: true })
      const over = (): void => signal?.removeEventListener('abort', abort)
      this.#waiting.push({
        ...{ id, method, params, signal, text },
        settle: outcome => {
          over()
          settle(outcome as Outcome<T>)
        },
        fail: thrown => {
          over()
          fail(thrown)
        },
      })
      if (this.#waiting.length === 1) void this.#line.clock.holdWhile('an array of calls', () => this.#flush())
    })
  }

  /** Never rejects: every member is told by itself. */
  async #flush(): Promise<void> {
    await setImmediate()
    const members = this.#waiting.splice(0).filter(member => !member.signal?.aborted)
    await Promise.all(
      chunksOf(members).map(chunk => (chunk.length === 1 ? this.#single(chunk[0]!) : this.#array(chunk))),
    )
  }

  async #single({ id, method, params, signal, settle, fail }: Member): Promise<void> {
    await exchangeCall(this.#line, id, method, params, signal).then(settle, fail)
  }

  async #array(members: readonly Member[]): Promise<void> {
    const label = `${members.length} calls, ${members[0]?.method} first`
    const nobody = whenAllAborted(members.map(member => member.signal))
    try {
      const answer = await exchange(this.#line, label, `[${members.map(member => member.text).join()}]`, nobody)
      if ('json' in answer && Array.isArray(answer.json)) {
        this.takesArrays = true
        this.#deal(members, answer.json)
      } else if (this.#isRefusal(answer)) {
        this.takesArrays = false
        await Promise.all(members.map(member => this.#single(member)))
      } else for (const member of members) member.settle(answer as Failure)
    } catch (thrown) {
      for (const member of members) member.fail(thrown)
    }
  }

  #deal(members: readonly Member[], answers: readonly unknown[]): void {
    const byId = new Map(answers.map(answer => [(answer as { id?: unknown } | null)?.id, answer]))
    for (const { id, method, settle } of members) {
      const { url } = this.#line
      settle(memberOutcome(url, method, byId.get(id)) ?? { error: unanswered(url, method) })
    }
  }

  /** Whether the endpoint can't read arrays, as opposed to having no time now. */
  #isRefusal(answer: Exclude<Awaited<ReturnType<typeof exchange>>, never>): boolean {
    if ('json' in answer) return true
    if (answer.error.code === 'RPC_RATE_LIMITED') return false
    if (answer.error.code === 'RPC_ANSWER_INVALID' || answer.error.code === 'RPC_REFUSED') return true
    return this.takesArrays === undefined && ++this.#doubts >= DOUBTS_MAX
  }
}

function unanswered(url: string, method: string): ForgeError {
  return new ForgeError('RPC_ANSWER_INVALID', {
    message: `${redactUrl(url)} (${method}): missing from the answer to an array of calls`,
    context: { method, url: redactUrl(url) },
  })
}

function chunksOf(members: readonly Member[]): Member[][] {
  const chunks: Member[][] = []
  let bytes = 0
  for (const member of members) {
    const last = chunks.at(-1)
    bytes += member.text.length
    if (last && last.length < MEMBERS_MAX && bytes <= BYTES_MAX) last.push(member)
    else {
      chunks.push([member])
      bytes = member.text.length
    }
  }
  return chunks
}

/** Aborts when nobody waits any more; undefined when somebody always does. */
function whenAllAborted(signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  if (signals.some(signal => signal === undefined)) return undefined
  const all = new AbortController()
  const check = (): void => {
    if (signals.every(signal => signal?.aborted)) all.abort(signals[0]?.reason)
  }
  for (const signal of signals) signal?.addEventListener('abort', check, { once: true })
  return all.signal
}
