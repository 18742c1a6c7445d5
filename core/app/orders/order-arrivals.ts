import { Observable, type Subscriber } from 'rxjs'
import { Type } from 'typebox'
import type { BoundNode } from '../../config/bound-pipeline.ts'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import { definePlugin } from '../../plugin/contract.ts'

/** Id of the node that single orders come from: part of their keys. */
export const ASKER = 'orders'

/** Where a running desk is given orders that were made while it runs. */
export class OrderArrivals {
  /** Given before the node has started. */
  readonly #early: IntentEvent[] = []
  #out: Subscriber<ForgeEvent> | undefined
  #isOver = false
  /** The node that gives them. */
  readonly node: BoundNode

  constructor() {
    const plugin = definePlugin({
      kind: 'strategy',
      name: 'order-arrivals',
      api: 1,
      summary: 'Gives the orders that people make while the desk runs.',
      config: Type.Object({}),
      takes: [],
      gives: ['intent'],
      examples: [],
      setup: () => ({ events: new Observable<ForgeEvent>(out => this.#start(out)) }),
    })
    const place = { file: ASKER, line: 1, column: 1 }
    this.node = { id: ASKER, kind: 'strategy', plugin, config: {}, from: [], onError: { action: 'stop' }, place }
  }

  /** Hands an order to the node that is to hold it. */
  give(intent: IntentEvent): void {
    if (this.#out) this.#out.next(intent)
    else this.#early.push(intent)
  }

  /** No more will come: the run ends when every order has. */
  end(): void {
    this.#isOver = true
    this.#out?.complete()
  }

  #start(out: Subscriber<ForgeEvent>): void {
    this.#out = out
    for (const intent of this.#early.splice(0)) out.next(intent)
    if (this.#isOver) out.complete()
  }
}
