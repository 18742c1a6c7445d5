import fc from 'fast-check'
import type { Fate, World } from './dca-world.ts'

const MINUTE = 60_000

/** A run of a strategy, and the time after it in which nothing ran. */
interface Life {
  readonly run_ms: number
  readonly pause_ms: number
  /** One for each intent given, over again. */
  readonly fates: readonly Fate[]
}

/** Some lives by chance, long and short. */
export const someLives: fc.Arbitrary<readonly Life[]> = fc.array(
  fc.record({
    run_ms: fc.oneof(fc.integer({ min: 0, max: 10 * MINUTE }), fc.integer({ min: 0, max: 5_000 })),
    pause_ms: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10 * MINUTE })),
    fates: fc.array(fc.constantFrom<Fate>('fill', 'fill', 'fill', 'fail', 'hang', 'lose'), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  { minLength: 1, maxLength: 6 },
)

/** Starts the strategy and stops it, life after life. */
export async function live(world: World, lives: readonly Life[]): Promise<void> {
  for (const { run_ms, pause_ms, fates } of lives) {
    let turn = 0
    await world.run(run_ms, () => fates[turn++ % fates.length]!)
    world.pause(pause_ms)
  }
}
