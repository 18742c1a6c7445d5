import type { Ledger } from '../ledger/ledger.ts'
import { toJson } from '../rpc/json.ts'
import { errorAnswer } from '../rpc/json-rpc.ts'
import { invalidParams, RpcError } from '../rpc/rpc-error.ts'
import { SUBSCRIBE_METHODS } from './subscribe-methods.ts'
import { Subscription, type SubscriptionHooks } from './subscription.ts'

/** One subscriber's line: requests come in, answers go back, notifications go out. */
export interface PubSubConnection {
  /**
   * Answers a JSON-RPC request, but not one without an id, such as the pings of web3.js. Notifications never come
   * before the answer to their subscription, when that is sent at once.
   */
  receive(text: string): string | undefined
  /** How many notifications have gone out on this line. */
  readonly sent: number
  close(): void
}

/** The subscriptions of a chain. */
export interface PubSub {
  connect(send: (text: string) => void): PubSubConnection
  /**
   * Subscribes in process, as `signatureSubscribe` and its like do over a WebSocket; the listener gets what a
   * notification carries as `result`. Answers a function that ends it. Throws RpcError for wrong parameters.
   */
  subscribe(method: string, params: readonly unknown[], listener: (result: unknown) => void): () => void
  /** How many notifications have gone out to anybody. */
  readonly sent: number
  close(): void
}

/** `durable`, when it answers a promise, holds notifications back until what they tell of can't be lost any more. */
export function createPubSub(ledger: Ledger, durable: () => Promise<void> | undefined = () => undefined): PubSub {
  return new Hub(ledger, durable)
}

class Hub implements PubSub {
  readonly #ledger: Ledger
  readonly #active = new Set<Subscription>()
  readonly #durable: () => Promise<void> | undefined
  readonly #stopListening: () => void
  #nextNumber = 0
  #sent = 0

  /** The last notification that is held back: those after it wait behind it. */
  #heldBack: Promise<void> | undefined

  constructor(ledger: Ledger, durable: () => Promise<void> | undefined) {
    this.#ledger = ledger
    this.#durable = durable
    this.#stopListening = ledger.onLanded((landed, changed) => {
      for (const subscription of this.#active) subscription.hooks.onLanded?.(subscription, landed, changed)
    })
  }

  get sent(): number {
    return this.#sent
  }

  connect(send: (text: string) => void): PubSubConnection {
    const own = new Map<number, Subscription>()
    let sent = 0
    const receive = (text: string): string | undefined => {
      let id: string | number | null = null
      try {
        const { id: givenId, method, params } = parseRequest(text)
        if (givenId === undefined) return undefined
        id = givenId
        if (method.endsWith('Unsubscribe')) return toJson({ jsonrpc: '2.0', result: unsubscribe(params[0]), id })
        const hooks = hooksFor(method, params)
        const number = this.#nextNumber++
        const deliver = (result: unknown): void => {
          sent++
          send(toJson({ jsonrpc: '2.0', method: hooks.notification, params: { result, subscription: number } }))
        }
        own.set(
          number,
          this.#begin(hooks, deliver, () => own.delete(number)),
        )
        return toJson({ jsonrpc: '2.0', result: number, id })
      } catch (thrown) {
        return toJson(errorAnswer(id, thrown))
      }
    }
    const unsubscribe = (number: unknown): boolean => {
      const subscription = typeof number === 'number' ? own.get(number) : undefined
      if (!subscription) throw invalidParams('Invalid subscription id.')
      subscription.end()
      return true
    }
    return {
      receive,
      get sent() {
        return sent
      },
      close: () => {
        for (const subscription of [...own.values()]) subscription.end()
      },
    }
  }

  subscribe(method: string, params: readonly unknown[], listener: (result: unknown) => void): () => void {
    const subscription = this.#begin(hooksFor(method, params), listener, () => undefined)
    return () => subscription.end()
  }

  close(): void {
    this.#stopListening()
    for (const subscription of [...this.#active]) subscription.end()
  }

  #whenDurable(work: () => void): void {
    const durable = this.#durable()
    if (!durable && !this.#heldBack) {
      work()
      return
    }
    // What could not be written is told to nobody: who sent it gets the error.
    const done: Promise<void> = Promise.all([durable, this.#heldBack])
      .then(work, () => undefined)
      .finally(() => {
        if (this.#heldBack === done) this.#heldBack = undefined
      })
    this.#heldBack = done
  }

  #begin(hooks: SubscriptionHooks, deliver: (result: unknown) => void, onEnd: () => void): Subscription {
    const subscription = new Subscription(
      this.#ledger,
      hooks,
      result =>
        this.#whenDurable(() => {
          this.#sent++
          deliver(result)
        }),
      () => {
        this.#active.delete(subscription)
        onEnd()
      },
    )
    this.#active.add(subscription)
    hooks.begin?.(subscription)
    return subscription
  }
}

function hooksFor(method: string, params: readonly unknown[]): SubscriptionHooks {
  const open = Object.hasOwn(SUBSCRIBE_METHODS, method) ? SUBSCRIBE_METHODS[method] : undefined
  if (!open) throw new RpcError('methodNotFound', 'Method not found')
  return open(params)
}

function parseRequest(text: string): {
  id: string | number | null | undefined
  method: string
  params: readonly unknown[]
} {
  let request: unknown
  try {
    request = JSON.parse(text)
  } catch {
    throw new RpcError('parse', 'Parse error')
  }
  if (typeof request !== 'object' || request === null) throw new RpcError('invalidRequest', 'Invalid request')
  const { id, method, params } = request as Record<string, unknown>
  if (typeof method !== 'string') throw new RpcError('invalidRequest', 'Invalid request')
  return {
    id: typeof id === 'string' || typeof id === 'number' || id === undefined ? id : null,
    method,
    params: Array.isArray(params) ? params : [],
  }
}
