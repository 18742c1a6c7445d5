import type { Price } from '../../money/price.ts'
import type { Token } from '../../money/token.ts'

/** At which price two tokens trade at a time, in either direction; undefined: they can not be traded. */
export type PriceOf = (input: Token, output: Token, at: number) => Price | undefined
