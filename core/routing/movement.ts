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

/**
 * What the price may take from legs that are traded one transaction after the other, in output units: one standard
 * deviation of the price over the time that each transaction waits for those before it, of what it is to give.
 *
 * @param transactions which legs each of them trades, in turn
 * @param deviation of the price over one landing, as a fraction
 */
export function waitingCost(
  legs: readonly { readonly output: bigint }[],
  transactions: readonly (readonly number[])[],
  deviation: number,
): bigint {
  return transactions.reduce((sum, chosen, landings) => {
    const output = chosen.reduce((units, index) => units + legs[index]!.output, 0n)
    const millionths = BigInt(Math.round(deviation * Math.sqrt(landings) * 1_000_000))
    return sum + (output * millionths) / 1_000_000n
  }, 0n)
}
