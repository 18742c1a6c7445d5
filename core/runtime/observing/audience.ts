import type { Observable } from 'rxjs'
import type { ForgeEvent } from '../../events/event.ts'
import type { RunOptions } from '../options.ts'
import { Tap } from './tap.ts'
import { traceEvent } from './trace.ts'

/** Whoever looks on while events move: the run's recorder, its debug log, and the taps put on its nodes. */
export class Audience {
  readonly #run: Pick<RunOptions, 'onEvent' | 'log'>
  readonly #taps = new Map<string, Tap[]>()

  constructor(run: Pick<RunOptions, 'onEvent' | 'log'>) {
    this.#run = run
  }

  show(node: string, event: ForgeEvent): void {
    this.#run.onEvent?.(node, event)
    traceEvent(this.#run.log, node, event)
    const taps = this.#taps.get(node)
    if (taps) for (const tap of taps) tap.show(event)
  }

  /** What a node shows from now on. */
  tap(node: string, buffer: number): Observable<ForgeEvent> {
    const tap = new Tap(buffer)
    this.#taps.set(node, [...(this.#taps.get(node) ?? []), tap])
    return tap.events
  }

  /** Nothing more will be shown. */
  complete(): void {
    for (const tap of [...this.#taps.values()].flat()) tap.complete()
  }
}
