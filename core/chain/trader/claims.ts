import type { Amount } from '../../money/amount.ts'
import { SOL_MINT } from '../../money/token.ts'
import type { SetAside } from '../../plugin/set-aside.ts'

/** What one trade may still take out of the wallet. */
export interface Claim {
  readonly mint: string
  /** Base units of that mint. */
  readonly units: bigint
  readonly lamports: bigint
  /** The node that wants it. */
  readonly node: string
  /** What it will bring, as quoted: a reading of the wallet may have it before its end is known. */
  readonly brings: Amount
}

/** What is not there for others any more, though the wallet still has it. */
export type Taken = Pick<Claims, 'lamports' | 'unitsOf' | 'unitsOfNode' | 'broughtByNode'>

/** What trades in flight may take, and orders that are on their way to become some. */
export function withAside(claims: Taken, aside: Pick<SetAside, 'unitsOf' | 'unitsOfNode'>): Taken {
  return {
    lamports: claims.lamports + aside.unitsOf(SOL_MINT),
    unitsOf: mint => claims.unitsOf(mint) + aside.unitsOf(mint),
    unitsOfNode: (node, mint) => claims.unitsOfNode(node, mint) + aside.unitsOfNode(node, mint),
    broughtByNode: (node, mint) => claims.broughtByNode(node, mint),
  }
}

/** What trades in flight may still take, with the sums at hand: they are asked for with every trade. */
export class Claims {
  readonly #claims = new Set<Claim>()
  readonly #units = new Map<string, bigint>()
  readonly #ofNodes = new Map<string, bigint>()
  readonly #brings = new Map<string, bigint>()
  /** The slots of those whose transaction has landed, while it is not known yet what it did. */
  readonly #landed = new Map<Claim, number>()
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

  /** Base units of a mint that trades of one node may still take. */
  unitsOfNode(node: string, mint: string): bigint {
    return this.#ofNodes.get(keyOf(node, mint)) ?? 0n
  }

  /** Base units of a mint that trades of one node may still bring. */
  broughtByNode(node: string, mint: string): bigint {
    return this.#brings.get(keyOf(node, mint)) ?? 0n
  }

  /** As they are now. */
  list(): readonly Claim[] {
    return [...this.#claims]
  }

  has(claim: Claim): boolean {
    return this.#claims.has(claim)
  }

  add(claim: Claim): void {
    this.#claims.add(claim)
    this.#change(claim, 1n)
  }

  delete(claim: Claim): void {
    this.#landed.delete(claim)
    if (this.#claims.delete(claim)) this.#change(claim, -1n)
  }

  /** Its transaction has landed in that slot, and takes no more. */
  landed(claim: Claim, slot: number): void {
    if (this.#claims.has(claim)) this.#landed.set(claim, slot)
  }

  /**
   * The sums beside balances of a slot, which are without what has landed by then. What is each node's stays as it is until
   * it is known what a trade of it did.
   */
  beside(slot: number): Taken {
    const gone = [...this.#landed].flatMap(([claim, landed]) => (landed <= slot ? claim : []))
    if (gone.length === 0) return this
    return {
      lamports: gone.reduce((left, { lamports }) => left - lamports, this.#lamports),
      unitsOf: mint =>
        gone.reduce((left, claim) => (claim.mint === mint ? left - claim.units : left), this.unitsOf(mint)),
      unitsOfNode: (node, mint) => this.unitsOfNode(node, mint),
      broughtByNode: (node, mint) => this.broughtByNode(node, mint),
    }
  }

  #change({ mint, node, units, lamports, brings }: Claim, sign: 1n | -1n): void {
    this.#lamports += sign * lamports
    this.#units.set(mint, this.unitsOf(mint) + sign * units)
    this.#ofNodes.set(keyOf(node, mint), this.unitsOfNode(node, mint) + sign * units)
    const to = brings.token.mint
    this.#brings.set(keyOf(node, to), this.broughtByNode(node, to) + sign * brings.units)
  }
}

const keyOf = (node: string, mint: string): string => `${node}\n${mint}`
