import type { ForgeError } from '../../errors/forge-error.ts'
import type { Logger } from '../../plugin/contract.ts'
import { named } from '../node/error-policy.ts'
import { MAX_ERRORS_KEPT, type NodeError } from '../result.ts'

/** The first failures of a run, told to the log as they come, and the one that ends it. */
export class FailureList {
  readonly #all: NodeError[] = []
  readonly #log: Logger
  readonly #hasWork: () => boolean
  readonly #refusals = new Set<string>()
  #fatal: ForgeError | undefined

  /** @param hasWork whether the run has anything in hand that it must bring to an end first */
  constructor(log: Logger, hasWork: () => boolean) {
    this.#log = log
    this.#hasWork = hasWork
  }

  get all(): readonly NodeError[] {
    return this.#all
  }

  /** What ends the run. */
  get fatal(): ForgeError | undefined {
    return this.#fatal
  }

  add(failure: NodeError): void {
    if (this.#all.length >= MAX_ERRORS_KEPT) return
    this.#all.push(failure)
    const { node, error, event } = failure
    const isLast = this.#all.length === MAX_ERRORS_KEPT
    // By the next turn it is known whether this failure ends the run.
    queueMicrotask(() => {
      if (this.#isToldOtherwise(error)) return
      this.#log.error(error.message, { node, code: error.code, ...(event === undefined ? {} : { event: event.kind }) })
      if (isLast) this.#log.error('further failures are counted, not shown')
    })
  }

  /** A failure ends the run: the first one that does is what ended it. */
  end(error: ForgeError): void {
    this.#fatal ??= error
  }

  /** What ends the run, with the name of the node where it happened; what the disk refuses is of no node. */
  fatalWithNode(): ForgeError | undefined {
    const failure = this.#fatal
    if (!failure) return undefined
    const node = this.#all.find(({ error }) => error === failure)?.node
    const isPlaced = node === undefined || failure.code.startsWith('STORE_') || failure.message.startsWith(`${node}:`)
    return isPlaced ? failure : named(failure, node)
  }

  /**
   * What ends a run that has nothing in hand is in its result, and told from there at once. What a disk refuses it
   * refuses to every node: once is enough.
   */
  #isToldOtherwise(error: ForgeError): boolean {
    const wasRefused = this.#refusals.has(error.code)
    if (error.code.startsWith('STORE_')) this.#refusals.add(error.code)
    return wasRefused || (error === this.#fatal && !this.#hasWork())
  }
}
