import type { BarSeries } from './bars.ts'
import type { Valuation } from './valuation.ts'
import type { BacktestWallet } from './wallet.ts'

/** A bar of a pair has closed, and the world is quiet: the pair's place, its close, and when that was. */
export type BarClosed = (pair: number, close: number, at_ms: number) => void

/** What wallets are worth as the bars of one pair or of several close, in whole tokens of the first one's quote. */
export class Account {
  readonly #wallets: readonly [BacktestWallet, ...BacktestWallet[]]
  readonly #valuation: Valuation
  /** The last closes; at the start the first opens. */
  readonly #prices: Float64Array
  /** What is not told yet, because another pair may close at that very instant. */
  #pending: { readonly at_ms: number; worth: number; readonly tell: () => void } | undefined

  constructor(
    wallets: readonly [BacktestWallet, ...BacktestWallet[]],
    series: readonly Pick<BarSeries, 'open'>[],
    valuation: Valuation,
  ) {
    this.#wallets = wallets
    this.#valuation = valuation
    this.#prices = Float64Array.from(series, ({ open }) => open[0]!)
  }

  /** Of all wallets, or of some. */
  worth(wallets: readonly BacktestWallet[] = this.#wallets): number {
    this.#valuation.see(this.#prices)
    return wallets.reduce((sum, wallet) => sum + wallet.worthBy(this.#valuation), 0)
  }

  /**
   * Who takes closes, and tells what all wallets are worth by them. Of pairs whose bars end at one instant it tells once,
   * when all of them have closed; the last is told by `flush`.
   */
  closesOf(tell: (at_ms: number, worth: number, price: number) => void): BarClosed {
    if (this.#prices.length > 1) return (pair, close, at_ms) => this.#closed(pair, close, at_ms, tell)
    const [own, ...named] = this.#wallets
    const worth =
      named.length === 0
        ? (close: number) => own.worth(close)
        : (close: number) => named.reduce((sum, wallet) => sum + wallet.worth(close), own.worth(close))
    return (_pair, close, at_ms) => {
      this.#prices[0] = close
      tell(at_ms, worth(close), close)
    }
  }

  flush(): void {
    this.#pending?.tell()
    this.#pending = undefined
  }

  #closed(
    pair: number,
    close: number,
    at_ms: number,
    tell: (at_ms: number, worth: number, price: number) => void,
  ): void {
    if (this.#pending && this.#pending.at_ms < at_ms) this.flush()
    this.#prices[pair] = close
    const worth = this.worth()
    const price = this.#prices[0]!
    this.#pending = { at_ms, worth, tell: () => tell(at_ms, worth, price) }
  }
}
