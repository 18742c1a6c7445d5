const POWERS = Array.from({ length: 40 }, (_, exponent) => 10n ** BigInt(exponent))

/** 10^exponent, for whole exponents from zero: looked up, because making it costs more than what it is for. */
export function tenTo(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent)
}
