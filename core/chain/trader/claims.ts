/** What one trade may still take out of the wallet. */
export interface Claim {
  readonly mint: string
  /** Base units of that mint. */
  readonly units: bigint
  readonly lamports: bigint
}

/** What trades in flight may still take, with the sums at hand: they are asked for with every trade. */
export class Claims {
  readonly #claims = new Set<Claim>()
  readonly #units = new Map<string, bigint>()
  #lamports = 0n

  get size(): number {
    return this.#claims.size
  }

  /** Of all. */
  get lamports(): bigint {
    return this.#lamports
  }

  unitsOf(mint: string): bigint {
    return this.#units.get(mint) ?? 0n
  }

  add(claim: Claim): void {
    this.#claims.add(claim)
    this.#change(claim, 1n)
  }

  delete(claim: Claim): void {
    if (this.#claims.delete(claim)) this.#change(claim, -1n)
  }

  #change({ mint, units, lamports }: Claim, sign: 1n | -1n): void {
    this.#lamports += sign * lamports
    this.#units.set(mint, this.unitsOf(mint) + sign * units)
  }
}
