import type { BoundPipeline } from '../config/bound-pipeline.ts'
import { ForgeError } from '../errors/forge-error.ts'
import { nearest } from '../errors/suggest.ts'
import { type Amount, formatAmount, parseAmount } from '../money/amount.ts'
import { sameToken, type Token, type TokenDirectory } from '../money/token.ts'

/** What the wallets of a backtest have to trade with. */
export interface StartingCapital {
  /** The wallet that a run is started with. */
  readonly capital: readonly Amount[]
  /** Those that the pipeline names, by their names. */
  readonly namedCapital: ReadonlyMap<string, readonly Amount[]>
}

/** Whole quote tokens of a wallet in which somebody trades without a budget, unless it is said. */
const CAPITAL_DEFAULT = 10_000n

/** As in `savings=5000 USDC`; without a name it is the wallet's that a run is started with. */
const NAMED = /^([\w-]+)=(.*)$/s

/**
 * What each wallet has, as it is given; where nothing is given the budgets of its strategies, and no less than 10,000 of
 * the quote token where one has none.
 *
 * @throws FLAG_INVALID for a wallet that the pipeline does not name; AMOUNT_INVALID, TOKEN_UNKNOWN; BACKTEST_CAPITAL_SHORT
 */
export function startingCapital(
  texts: readonly string[],
  pipeline: BoundPipeline,
  quote: Token,
  tokens: TokenDirectory,
): StartingCapital {
  const names = Object.keys(pipeline.wallets ?? {})
  const given = new Map<string | undefined, Amount[]>()
  for (const text of texts) {
    const [, name, amount = text] = NAMED.exec(text) ?? []
    if (name !== undefined && !names.includes(name)) throw unknownWallet(name, names)
    given.set(name, [...(given.get(name) ?? []), parseAmount(amount, tokens)])
  }
  const capitalOf = (name: string | undefined): readonly Amount[] => {
    const capital = given.get(name) ?? assumedFor(name, pipeline, quote, tokens)
    assertWithin(capital, name, pipeline, tokens)
    return capital
  }
  return { capital: capitalOf(undefined), namedCapital: new Map(names.map(name => [name, capitalOf(name)])) }
}

interface StrategyBudget {
  readonly id: string
  /** Undefined for a strategy without one. */
  readonly amount: Amount | undefined
}

/** What the settings of each strategy of a wallet call its `budget`. */
function budgetsOf(name: string | undefined, { nodes }: BoundPipeline, tokens: TokenDirectory): StrategyBudget[] {
  return nodes
    .filter(({ kind, wallet }) => kind === 'strategy' && wallet === name)
    .map(({ id, config }) => {
      const { budget } = config as { readonly budget?: unknown }
      return { id, amount: typeof budget === 'string' ? parseAmount(budget, tokens) : undefined }
    })
}

function assumedFor(
  name: string | undefined,
  pipeline: BoundPipeline,
  quote: Token,
  tokens: TokenDirectory,
): readonly Amount[] {
  const budgets = budgetsOf(name, pipeline, tokens)
  const sums = new Map<string, Amount>()
  for (const { amount } of budgets) {
    if (!amount) continue
    const { token, units } = amount
    sums.set(token.mint, { token, units: units + (sums.get(token.mint)?.units ?? 0n) })
  }
  const least = CAPITAL_DEFAULT * 10n ** BigInt(quote.decimals)
  const isFree = budgets.length === 0 ? name === undefined : budgets.some(({ amount }) => !amount)
  if (isFree && (sums.get(quote.mint)?.units ?? 0n) < least) sums.set(quote.mint, { token: quote, units: least })
  return [...sums.values()]
}

/**
 * Strategies that together may spend more than their wallet has would be cut short by it, and the result would be of
 * another strategy than the one that is written. So much of a budget is known before.
 */
function assertWithin(
  capital: readonly Amount[],
  name: string | undefined,
  pipeline: BoundPipeline,
  tokens: TokenDirectory,
): void {
  const budgets = budgetsOf(name, pipeline, tokens).flatMap(({ id, amount }) => (amount ? [{ id, amount }] : []))
  for (const { amount } of budgets) {
    const same = budgets.filter(other => sameToken(other.amount.token, amount.token))
    const wanted = { token: amount.token, units: same.reduce((sum, each) => sum + each.amount.units, 0n) }
    const held = capital
      .filter(({ token }) => sameToken(token, amount.token))
      .reduce((sum, { units }) => sum + units, 0n)
    if (wanted.units <= held) continue
    const whose = same.map(({ id, amount: own }) => `${id}: ${formatAmount(own)}`).join(', ')
    const wallet = name === undefined ? 'the wallet' : `the wallet "${name}"`
    const flag = `${name === undefined ? '' : `${name}=`}${formatAmount(wanted)}`
    throw new ForgeError('BACKTEST_CAPITAL_SHORT', {
      message: `budgets of ${formatAmount(wanted)} (${whose}) are more than the ${formatAmount({ ...wanted, units: held })} of ${wallet}`,
      remedy: `Give --capital "${flag}", or smaller budgets.`,
    })
  }
}

function unknownWallet(name: string, names: readonly string[]): ForgeError {
  const meant = nearest(name, names)
  const there = names.length === 0 ? 'The pipeline names no wallet.' : `Its wallets are ${names.join(', ')}.`
  return new ForgeError('FLAG_INVALID', {
    message: `--capital is for a wallet "${name}", which the pipeline does not name`,
    remedy: meant === undefined ? there : `Did you mean "${meant}"?`,
  })
}
