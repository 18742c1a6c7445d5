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
  /** Method and parameters. */
  readonly question: string
  readonly method: string
  readonly params: readonly unknown[]
  readonly signal: AbortSignal | undefined
  readonly settle: (outcome: Outcome<unknown>) => void
  readonly fail: (thrown: unknown) => void
}

/** Who asks for the same, in the same words. */
type Question = readonly [Member, ...Member[]]

/**
 * Puts the calls of one turn of the event loop into one JSON-RPC array, where the endpoint takes arrays: that is found
 * out by the first one. An endpoint that does not is asked one by one from then on. What several ask for in the same
 * words is asked once for all of them, in each array that one of them is in.
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
    const question = JSON.stringify({ method, params }).slice(1, -1)
    return new Promise<Outcome<T>>((settle, fail) => {
      const abort = (): void => fail(signal?.reason)
      if (signal?.aborted) return abort()
      signal?.addEventListener('abort', abort, { once: true })
      const over = (): void => signal?.removeEventListener('abort', abort)
      this.#waiting.push({
        ...{ id, question, method, params, signal },
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

  async #single(asking: Question): Promise<void> {
    const [{ id, method, params }] = asking
    const nobody = whenAllAborted(asking)
    await exchangeCall(this.#line, id, method, params, nobody).then(
      outcome => settleAll(asking, outcome),
      thrown => failAll(asking, thrown),
    )
  }

  async #array(questions: readonly Question[]): Promise<void> {
    const label = `${questions.length} calls, ${questions[0]?.[0].method} first`
    const members = questions.flat()
    try {
      const body = `[${questions.map(([first]) => `{"jsonrpc":"2.0","id":${first.id},${first.question}}`).join()}]`
      const answer = await exchange(this.#line, label, body, whenAllAborted(members))
      if ('json' in answer && Array.isArray(answer.json)) {
        this.takesArrays = true
        this.#deal(questions, answer.json)
      } else if (this.#isRefusal(answer)) {
        this.takesArrays = false
        await Promise.all(questions.map(question => this.#single(question)))
      } else settleAll(members, answer as Failure)
    } catch (thrown) {
      failAll(members, thrown)
    }
  }

  #deal(questions: readonly Question[], answers: readonly unknown[]): void {
    const byId = new Map(answers.map(answer => [(answer as { id?: unknown } | null)?.id, answer]))
    for (const asking of questions) {
      const [{ id, method }] = asking
      const { url } = this.#line
      settleAll(asking, memberOutcome(url, method, byId.get(id)) ?? { error: unanswered(url, method) })
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

/** What goes into each array: within one, what is asked in the same words stands together. */
function chunksOf(members: readonly Member[]): (readonly Question[])[] {
  const chunks: Map<string, [Member, ...Member[]]>[] = []
  let bytes = 0
  for (const member of members) {
    const { question } = member
    const last = chunks.at(-1)
    const asked = last?.get(question)
    if (asked) {
      asked.push(member)
      continue
    }
    bytes += question.length
    if (last && last.size < MEMBERS_MAX && bytes <= BYTES_MAX) last.set(question, [member])
    else {
      chunks.push(new Map([[question, [member]]]))
      bytes = question.length
    }
  }
  return chunks.map(chunk => [...chunk.values()])
}

function settleAll(members: readonly Member[], outcome: Outcome<unknown>): void {
  for (const { settle } of members) settle(outcome)
}

function failAll(members: readonly Member[], thrown: unknown): void {
  for (const { fail } of members) fail(thrown)
}

/** Aborts when nobody waits any more; undefined when somebody always does. */
function whenAllAborted(members: readonly Member[]): AbortSignal | undefined {
  const [first, ...others] = members.map(({ signal }) => signal)
  if (others.every(signal => signal === first)) return first
  if (members.some(({ signal }) => signal === undefined)) return undefined
  const all = new AbortController()
  const check = (): void => {
    if (members.every(({ signal }) => signal?.aborted)) all.abort(first?.reason)
  }
  for (const { signal } of members) signal?.addEventListener('abort', check, { once: true })
  return all.signal
}
