import type { IntentEvent } from '../../events/event.ts'
import { keysAbove } from '../../orders/wholes.ts'
import type { OrderPlan } from './order-plan.ts'

/**
 * The plans of orders that are armed, or may yet be: one is found by the key of the order it was made for, and by those
 * of all the orders that are made of it later, in whichever process.
 */
export class KeptPlans {
  readonly #plans = new Map<string, OrderPlan>()

  keep(key: string, plan: OrderPlan): void {
    this.#plans.set(key, plan)
  }

  has(key: string): boolean {
    return this.#plans.has(key)
  }

  of({ key }: Pick<IntentEvent, 'key'>): OrderPlan | undefined {
    for (const each of [key, ...keysAbove(key)]) {
      const plan = this.#plans.get(each)
      if (plan) return plan
    }
    return undefined
  }

  forget(key: string): void {
    this.#plans.delete(key)
  }
}
