/** A mid price seen at a time. */
export interface PriceSample {
  readonly at_ms: number
  readonly price: number
}

/** Fewer returns than this say nothing of a deviation. */
const MIN_RETURNS = 5

/**
 * Standard deviation of the price over one second, as a fraction, from samples at uneven times: the root of
 * Σ(log return)² ÷ Σ(seconds), which assumes no drift over so short a time. Undefined for fewer than five returns.
 */
export function volatilityPerSecond(samples: readonly PriceSample[]): number | undefined {
  let squares = 0
  let seconds = 0
  let returns = 0
  for (let index = 1; index < samples.length; index++) {
    const elapsed_ms = samples[index]!.at_ms - samples[index - 1]!.at_ms
    if (elapsed_ms <= 0) continue
    squares += Math.log(samples[index]!.price / samples[index - 1]!.price) ** 2
    seconds += elapsed_ms / 1_000
    returns += 1
  }
  return returns < MIN_RETURNS ? undefined : Math.sqrt(squares / seconds)
}
