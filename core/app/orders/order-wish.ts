import { ForgeError } from '../../errors/forge-error.ts'
import { pairName, sameToken, type TokenDirectory } from '../../money/token.ts'
import { tradedPair } from '../../money/traded-pair.ts'

/** Flags that are prices of an order. */
const LEVELS = ['trigger', 'activate', 'entry', 'stop', 'target'] as const

/** Prices of an order by the flags that gave them. */
export function levelsOf(params: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(LEVELS.flatMap(name => (params[name] === undefined ? [] : [[name, String(params[name])]])))
}

/**
 * Params with the pair that people count the trade in: prices of another say nothing of it.
 *
 * @throws TOKEN_UNKNOWN; FLAG_INVALID when another one is given
 */
export function withPair(
  params: Readonly<Record<string, unknown>>,
  tokens: TokenDirectory,
): Readonly<Record<string, unknown>> {
  const { token, into, pair } = params
  if (typeof token !== 'string' || typeof into !== 'string') return params
  const [input, output] = [tokens.find(token), tokens.find(into)]
  if (sameToken(input, output)) {
    const message = `--into is ${output.symbol}, which is what is given`
    throw new ForgeError('FLAG_INVALID', { message, remedy: 'Give another token to receive with --into.' })
  }
  const { base, quote } = tradedPair(input, output)
  const [ownBase, ownQuote] = typeof pair === 'string' ? pair.split('/').map(name => tokens.find(name)) : [base, quote]
  if (!ownBase || !ownQuote || !sameToken(ownBase, base) || !sameToken(ownQuote, quote)) {
    throw new ForgeError('FLAG_INVALID', {
      message: `--pair is ${pair}, and ${input.symbol} into ${output.symbol} is counted in ${pairName({ base, quote })}`,
      remedy: 'Leave it out. A condition looks at whatever pairs it names.',
    })
  }
  return { ...params, pair: `${base.mint}/${quote.mint}` }
}

/** What is wrong with an order, in the words of the flag that says it. */
export function inFlags(error: ForgeError): ForgeError {
  const { field } = error.context
  if (error.code !== 'PLUGIN_CONFIG_INVALID' || typeof field !== 'string') return error
  const cause = error.cause instanceof ForgeError ? error.cause : error
  return new ForgeError('FLAG_INVALID', { message: `--${cause.message}`, remedy: cause.remedy, context: { field } })
}
