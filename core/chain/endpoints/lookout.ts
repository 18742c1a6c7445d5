import { ForgeError } from '../../errors/forge-error.ts'
import type { Clock } from '../../time/clock.ts'
import { redactUrl } from '../redact.ts'
import type { Failure } from '../rpc/exchange.ts'
import { type Endpoint, LOOK_COMMITMENT } from './endpoint.ts'

/** How often endpoints are asked how they are: one that is not well, one of several, the only one. */
const UNWELL_EVERY_MS = 3_000
const SEVERAL_EVERY_MS = 10_000
const ONE_EVERY_MS = 30_000
/** Nobody waits longer than that for an endpoint to say how it is. */
const PATIENCE_MS = 2_000

/** Knows which network each endpoint belongs to, and how far it has come, before and beside the calls. */
export class Lookout {
  readonly #endpoints: readonly Endpoint[]
  readonly #clock: Clock
  readonly #watch: boolean
  readonly #closed = new AbortController()
  readonly #looks = new Map<Endpoint, Promise<void>>()
  #genesisHash: string | undefined
  #ready: Promise<void> | undefined
  #isReady = false

  constructor(
    endpoints: readonly Endpoint[],
    options: { readonly clock: Clock; readonly watch: boolean; readonly genesisHash: string | undefined },
  ) {
    this.#endpoints = endpoints
    this.#clock = options.clock
    this.#watch = options.watch || endpoints.length > 1
    this.#genesisHash = options.genesisHash
    this.#isReady = !this.#watch
  }

  /** Resolves when every endpoint was asked once, or has been waited for. @throws the signal's reason */
  async ready(signal: AbortSignal | undefined): Promise<void> {
    if (this.#isReady) return
    this.#ready ??= this.#lookAtAll()
    await this.#ready
    signal?.throwIfAborted()
  }

  /** Asks those again, beside everything else, that were not asked for a while. */
  lookAround(): void {
    if (!this.#watch || this.#closed.signal.aborted) return
    const now = this.#clock.now()
    const usual_ms = this.#endpoints.length > 1 ? SEVERAL_EVERY_MS : ONE_EVERY_MS
    for (const endpoint of this.#endpoints) {
      const { health, lookedAt = Number.NEGATIVE_INFINITY } = endpoint
      const isUnwell = health.lag_slots > 0 || health.errorRate > 0.2
      const isDue = now - lookedAt >= (isUnwell ? UNWELL_EVERY_MS : usual_ms)
      if (isDue && health.limitedUntil <= now && !health.isForeign && !isFull(endpoint)) void this.#look(endpoint)
    }
  }

  /**
   * Nothing when the endpoint is known to belong to the network of the others; it is asked where that is not known yet.
   *
   * @throws the signal's reason
   */
  async identify(endpoint: Endpoint, signal: AbortSignal | undefined): Promise<Failure | undefined> {
    if (this.#endpoints.length === 1) return undefined
    if (endpoint.genesisHash === undefined) {
      const outcome = await endpoint.ask<string>('getGenesisHash', [], { signal })
      if ('error' in outcome) return outcome
      endpoint.genesisHash = outcome.result
    }
    this.#compare(endpoint)
    if (!endpoint.health.isForeign) return undefined
    // Passing, as far as the others are concerned: they may answer.
    return {
      error: new ForgeError('RPC_UNAVAILABLE', {
        message: `${redactUrl(endpoint.url)} belongs to another network (genesis hash ${endpoint.genesisHash}): not used`,
      }),
    }
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('closed'))
    await Promise.all(this.#looks.values())
  }

  async #lookAtAll(): Promise<void> {
    await Promise.all(this.#endpoints.map(endpoint => this.#look(endpoint)))
    // In their order: where the profile pins no hash, the first that answers says which network it is.
    for (const endpoint of this.#endpoints) this.#compare(endpoint)
    // Who answered before the others was compared with nobody.
    await Promise.all(
      this.#endpoints.map(endpoint => this.#patiently(endpoint, signal => endpoint.compareSlots(signal))),
    )
    this.#isReady = true
  }

  #compare(endpoint: Endpoint): void {
    if (this.#endpoints.length === 1 || endpoint.genesisHash === undefined) return
    this.#genesisHash ??= endpoint.genesisHash
    endpoint.health.isForeign = endpoint.genesisHash !== this.#genesisHash
  }

  /** Never rejects: what was heard is in the endpoint's health. */
  #look(endpoint: Endpoint): Promise<void> {
    const underWay = this.#looks.get(endpoint)
    if (underWay) return underWay
    endpoint.lookedAt = this.#clock.now()
    const look = this.#question(endpoint).finally(() => this.#looks.delete(endpoint))
    this.#looks.set(endpoint, look)
    return look
  }

  #question(endpoint: Endpoint): Promise<void> {
    return this.#patiently(endpoint, async signal => {
      const ask = <T>(method: string, params: readonly unknown[]) => endpoint.ask<T>(method, params, { signal })
      const [genesis] = await Promise.all([
        this.#endpoints.length > 1 && endpoint.genesisHash === undefined
          ? ask<string>('getGenesisHash', [])
          : undefined,
        ask('getHealth', []),
        this.#endpoints.length > 1 ? ask('getSlot', [{ commitment: LOOK_COMMITMENT }]) : undefined,
      ])
      if (genesis && 'result' in genesis) endpoint.genesisHash = genesis.result
    })
  }

  /** Never rejects: that it took too long is in the endpoint's health. */
  async #patiently(endpoint: Endpoint, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const limit = new AbortController()
    const timer = this.#clock.at(this.#clock.now() + PATIENCE_MS, () => limit.abort(LATE))
    const close = (): void => limit.abort(this.#closed.signal.reason)
    this.#closed.signal.addEventListener('abort', close, { once: true })
    try {
      await work(limit.signal)
    } catch (thrown) {
      // Our own limits may have been what took so long.
      if (thrown !== LATE || isFull(endpoint)) return
      const message = `${redactUrl(endpoint.url)} does not say how it is within ${PATIENCE_MS} ms`
      endpoint.health.failed(this.#clock.now(), new ForgeError('RPC_UNAVAILABLE', { message }), undefined)
    } finally {
      timer.cancel()
      this.#closed.signal.removeEventListener('abort', close)
    }
  }
}

const LATE = new Error('too late')

/** Whether our own limits leave no room for a question now. */
function isFull({ limit }: Endpoint): boolean {
  return limit.wait_ms('getHealth', 'read') > 0
}
