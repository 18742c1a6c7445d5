import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Line, PubSubEndpoint } from './line.ts'

interface Call {
  answered(result: unknown): void
  failed(error: ForgeError): void
}

/** One open line and what is subscribed on it; when it closes, all of that is over. */
export class Session {
  /** Resolves, with why, when the line is gone. */
  readonly closed: Promise<string>
  #line: Line | undefined
  #lastId = 0
  #why: string | undefined
  #onClosed: (why: string) => void = () => undefined
  readonly #calls = new Map<number, Call>()
  readonly #listeners = new Map<number, (result: unknown) => void>()

  private constructor() {
    this.closed = new Promise(resolve => {
      this.#onClosed = resolve
    })
  }

  /** @throws RPC_UNAVAILABLE; the signal's reason. */
  static async open(endpoint: PubSubEndpoint, signal: AbortSignal): Promise<Session> {
    const session = new Session()
    session.#line = await endpoint.open(
      { onText: text => session.#received(text), onClose: why => session.#end(why) },
      signal,
    )
    return session
  }

  /**
   * Answers the subscription's number.
   *
   * @throws RPC_REFUSED when the endpoint does not take it, RPC_UNAVAILABLE when the line closes first.
   */
  subscribe(method: string, params: readonly unknown[], listener: (result: unknown) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#call(method, params, {
        // At once, not in a later microtask: a notification may be in the very next message.
        answered: result => {
          this.#listeners.set(result as number, listener)
          resolve(result as number)
        },
        failed: reject,
      })
    })
  }

  /** Nothing more is heard from now on, whatever the endpoint answers. */
  unsubscribe(method: string, subscription: number): void {
    this.#listeners.delete(subscription)
    this.#call(method, [subscription], { answered: () => undefined, failed: () => undefined })
  }

  close(why: string): void {
    const line = this.#line
    this.#end(why)
    line?.close()
  }

  #call(method: string, params: readonly unknown[], call: Call): void {
    if (this.#why !== undefined || !this.#line) {
      call.failed(lost(this.#why ?? 'it is not open'))
      return
    }
    const id = ++this.#lastId
    this.#calls.set(id, call)
    try {
      this.#line.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    } catch (thrown) {
      this.close(messageOf(thrown))
    }
  }

  #received(text: string): void {
    if (this.#why !== undefined) return
    const message = parsed(text)
    if (message === undefined) {
      this.close('it sent something that is not JSON-RPC')
      return
    }
    if (message.method !== undefined) {
      this.#listeners.get(message.params?.subscription ?? -1)?.(message.params?.result)
      return
    }
    const call = this.#calls.get(message.id ?? -1)
    if (!call) return
    this.#calls.delete(message.id ?? -1)
    if (message.error === undefined) call.answered(message.result)
    else call.failed(new ForgeError('RPC_REFUSED', { message: `pub/sub: ${message.error.message ?? 'refused'}` }))
  }

  #end(why: string): void {
    if (this.#why !== undefined) return
    this.#why = why
    this.#listeners.clear()
    for (const call of this.#calls.values()) call.failed(lost(why))
    this.#calls.clear()
    this.#onClosed(why)
  }
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly subscription?: number; readonly result?: unknown }
  readonly result?: unknown
  readonly error?: { readonly message?: string }
}

function parsed(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function lost(why: string): ForgeError {
  return new ForgeError('RPC_UNAVAILABLE', { message: `the pub/sub line is closed: ${why}` })
}
