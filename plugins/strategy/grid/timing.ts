import type { PluginContext } from '../../../core/index.ts'

/** How long to wait before trying the start or the end again, doubled after each failure. */
const AGAIN_FIRST_MS = 30_000
const AGAIN_MAX_MS = 900_000

/** A pause after failures, which grows with them. */
export class Rest {
  readonly #clock: PluginContext['clock']
  until_ms = 0

  constructor(clock: PluginContext['clock']) {
    this.#clock = clock
  }

  get isOver(): boolean {
    return this.until_ms <= this.#clock.now()
  }

  after(failures: number): void {
    this.until_ms = this.#clock.now() + Math.min(AGAIN_FIRST_MS * 2 ** (failures - 1), AGAIN_MAX_MS)
  }
}

/** Calls back at a time, unless the run is over by then. */
export function callAt(
  { clock, signal }: Pick<PluginContext, 'clock' | 'signal'>,
  time_ms: number,
  call: () => void,
): void {
  const timer = clock.at(time_ms, () => {
    signal.removeEventListener('abort', timer.cancel)
    call()
  })
  signal.addEventListener('abort', timer.cancel, { once: true })
}
