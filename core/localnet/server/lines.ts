import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { PubSub, PubSubConnection } from '../pubsub/pubsub.ts'
import { toJson } from '../rpc/json.ts'
import { errorAnswer } from '../rpc/json-rpc.ts'
import { configAt } from '../rpc/params.ts'
import { CLOCK_METHOD, type ClockAnswer, clockMethod, driverOf, type SequenceCounter } from './clock-method.ts'
import type { Pace } from './pace.ts'

const MESSAGE_BYTES_MAX = 50 * 1024

/** The WebSocket lines of a server: subscriptions, and the clock for those who drive it. */
export class Lines implements SequenceCounter {
  readonly #pubsub: PubSub
  readonly #pace: Pace | undefined
  readonly #onFailure: (thrown: unknown) => void
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX })
  /** Notifications sent on lines that are closed by now, by driver. */
  readonly #sentBefore = new Map<string, number>()
  readonly #byDriver = new Map<string, Set<PubSubConnection>>()

  constructor(pubsub: PubSub, pace: Pace | undefined, onFailure: (thrown: unknown) => void) {
    this.#pubsub = pubsub
    this.#pace = pace
    this.#onFailure = onFailure
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const driver = new URL(request.url ?? '/', 'ws://localhost').searchParams.get('driver') ?? undefined
    this.#server.handleUpgrade(request, socket, head, webSocket => this.#open(webSocket, driver))
  }

  sentTo(driver: string | undefined): number {
    const own = driver === undefined ? undefined : this.#byDriver.get(driver)
    if (driver === undefined || !own) return this.#pubsub.sent
    return [...own].reduce((sum, line) => sum + line.sent, this.#sentBefore.get(driver) ?? 0)
  }

  close(): void {
    for (const webSocket of this.#server.clients) webSocket.terminate()
    this.#server.close()
  }

  #open(webSocket: WebSocket, named: string | undefined): void {
    const line = this.#pubsub.connect(text => webSocket.send(text))
    const held = new Set<string>()
    if (named) this.#join(named, line)
    // Messages of one line are answered in order, also when one has to wait for the clock.
    let last: Promise<void> = Promise.resolve()
    webSocket.on('message', data => {
      const text = data.toString()
      last = last
        .then(() => this.#answer(webSocket, text, line, held))
        .catch((thrown: unknown) => {
          webSocket.terminate()
          this.#onFailure(thrown)
        })
    })
    webSocket.on('error', () => webSocket.terminate())
    webSocket.on('close', () => {
      line.close()
      for (const [driver, lines] of this.#byDriver) {
        if (lines.delete(line)) this.#sentBefore.set(driver, (this.#sentBefore.get(driver) ?? 0) + line.sent)
      }
      for (const driver of held) this.#pace?.release(driver)
    })
  }

  async #answer(webSocket: WebSocket, text: string, line: PubSubConnection, held: Set<string>): Promise<void> {
    const call = clockCall(text)
    if (call && this.#pace) {
      webSocket.send(await this.#answerClock(call, line, held, this.#pace))
      return
    }
    await this.#pace?.catchUp()
    // At once: what the subscription has to tell already comes in the next microtask, after this answer.
    const answer = line.receive(text)
    if (answer !== undefined) webSocket.send(answer)
    this.#pace?.arm()
  }

  async #answerClock(call: ClockCall, line: PubSubConnection, held: Set<string>, pace: Pace): Promise<string> {
    try {
      const result: ClockAnswer = await clockMethod(pace, this, call.params, true)
      if (call.params[0] !== 'hold') return toJson({ jsonrpc: '2.0', result, id: call.id })
      const driver = driverOf(configAt(call.params, 1))
      held.add(driver)
      this.#join(driver, line)
      return toJson({ jsonrpc: '2.0', result: { ...result, sequence: this.sentTo(driver) }, id: call.id })
    } catch (thrown) {
      return toJson(errorAnswer(call.id, thrown))
    }
  }

  #join(driver: string, line: PubSubConnection): void {
    const lines = this.#byDriver.get(driver)
    if (lines) lines.add(line)
    else this.#byDriver.set(driver, new Set([line]))
  }
}

interface ClockCall {
  readonly id: string | number | null
  readonly params: readonly unknown[]
}

/** The call when the text is one of the clock's method; the subscriptions deal with all others. */
function clockCall(text: string): ClockCall | undefined {
  if (!text.includes(CLOCK_METHOD)) return undefined
  let request: unknown
  try {
    request = JSON.parse(text)
  } catch {
    return undefined
  }
  const { id, method, params } = (request ?? {}) as Record<string, unknown>
  if (method !== CLOCK_METHOD) return undefined
  return {
    id: typeof id === 'string' || typeof id === 'number' ? id : null,
    params: Array.isArray(params) ? params : [],
  }
}
