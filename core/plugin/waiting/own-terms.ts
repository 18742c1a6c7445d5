import { ForgeError } from '../../errors/forge-error.ts'
import type { IntentEvent } from '../../events/event.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { PluginContext } from '../contract.ts'
import { NODE_ONLY, type WaitingConfig } from './order-fields.ts'
import { type RawTerms, readTerms, type Wait, type WaitContext, type WaitingTerms } from './terms.ts'

/** The terms of the orders of one node: an intent's own over those of the node, as far as the node knows them. */
export class OwnTerms {
  readonly #context: Pick<PluginContext<WaitingConfig>, 'id' | 'config' | 'services'>
  readonly #fields: readonly string[]
  readonly #waitsFor: (context: WaitContext) => Wait

  /** @param fields what an intent's own terms may name, and what only the node may */
  constructor(
    context: Pick<PluginContext<WaitingConfig>, 'id' | 'config' | 'services'>,
    fields: readonly string[],
    waitsFor: (context: WaitContext) => Wait,
  ) {
    this.#context = context
    this.#fields = fields.filter(field => !NODE_ONLY.includes(field))
    this.#waitsFor = waitsFor
  }

  /**
   * What an intent is to wait for, as it is written to the journal and as it is meant.
   *
   * @throws TERMS_INVALID, also for a term that means nothing here; TRIGGER_INVALID, PRICE_INVALID, SIZE_INVALID, …
   */
  of(intent: IntentEvent): { readonly raw: RawTerms; readonly terms: WaitingTerms } {
    const strange = Object.keys(intent.terms ?? {}).find(field => !this.#fields.includes(field))
    if (strange !== undefined) {
      throw new ForgeError('TERMS_INVALID', {
        message: `the order node "${this.#context.id}" knows no term "${strange}"`,
        remedy: `The terms of an intent may be: ${this.#fields.join(', ')}.`,
      })
    }
    const { onRestart: _, staleAfter: _stale, quietAfter: _quiet, ...common } = this.#context.config
    const raw: RawTerms = { ...common, ...intent.terms }
    return { raw, terms: this.#read(raw, intent) }
  }

  /** Of an order that the journal has: its terms, and its place among the others. @throws as `of` does */
  ofOrder({ arming, intent }: OrderRecord): { readonly terms: WaitingTerms; readonly sequence: number } {
    const { sequence, ...raw } = arming?.terms ?? {}
    return { terms: this.#read(raw, intent), sequence: Number(sequence) }
  }

  #read(raw: RawTerms, intent: IntentEvent): WaitingTerms {
    return readTerms(raw, intent, this.#context.services.tokens, this.#waitsFor)
  }
}
