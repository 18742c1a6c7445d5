import { isForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Reason } from '../../events/report.ts'
import { sameToken, type Token } from '../../money/token.ts'
import type { PoolCurve, PoolVenue, Quote, QuoteRequest, Venue } from '../../plugin/venue.ts'

/** A venue a route may use, or why it can not be used on this cluster. */
export type VenueChoice =
  | { readonly name: string; readonly venue: Venue }
  | { readonly name: string; readonly missing: Reason }

export interface Unavailable {
  readonly venue: string
  readonly reason: Reason
}

/** Everything the venues say of a pair, on one state where they share their reads. */
export interface Gathered {
  readonly direct: readonly PoolCurve[]
  /** By intermediate mint: first hops, second hops. */
  readonly hops: ReadonlyMap<string, { readonly first: readonly PoolCurve[]; readonly second: readonly PoolCurve[] }>
  /** Quotes of venues whose inside is not known. */
  readonly quotes: readonly Quote[]
  readonly unavailable: readonly Unavailable[]
}

/**
 * Asks all venues at once, so that their account reads share round trips. A venue that does not answer is named and
 * left out: the others still trade.
 */
export async function gather(
  choices: readonly VenueChoice[],
  request: QuoteRequest,
  via: readonly Token[],
  signal: AbortSignal,
): Promise<Gathered> {
  const unavailable: Unavailable[] = []
  const between = via.filter(token => !sameToken(token, request.input) && !sameToken(token, request.output))
  const attempt = async <T>(venue: string, work: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work
    } catch (thrown) {
      if (signal.aborted) throw thrown
      if (!unavailable.some(each => each.venue === venue)) unavailable.push({ venue, reason: reasonOf(thrown) })
      return otherwise
    }
  }
  const pools = async (input: Token, output: Token): Promise<readonly PoolCurve[]> => {
    const found = choices.flatMap(choice => {
      if (!('venue' in choice) || !isPoolVenue(choice.venue)) return []
      return [attempt<readonly PoolCurve[]>(choice.name, choice.venue.pools(input, output, signal), [])]
    })
    return (await Promise.all(found)).flat()
  }
  const hopsOf = async (
    token: Token,
  ): Promise<[string, { first: readonly PoolCurve[]; second: readonly PoolCurve[] }]> => {
    const [first, second] = await Promise.all([pools(request.input, token), pools(token, request.output)])
    return [token.mint, { first, second }]
  }
  const quotes = choices.flatMap(choice => {
    if ('missing' in choice) {
      unavailable.push({ venue: choice.name, reason: choice.missing })
      return []
    }
    return isPoolVenue(choice.venue) ? [] : [attempt(choice.name, choice.venue.quote(request, signal), undefined)]
  })
  const [direct, hops, quoted] = await Promise.all([
    pools(request.input, request.output),
    Promise.all(between.map(hopsOf)),
    Promise.all(quotes),
  ])
  return { direct, hops: new Map(hops), quotes: quoted.filter(quote => quote !== undefined), unavailable }
}

export function isPoolVenue(venue: Venue): venue is PoolVenue {
  return 'pools' in venue
}

function reasonOf(thrown: unknown): Reason {
  return isForgeError(thrown)
    ? { code: thrown.code, message: thrown.message, remedy: thrown.remedy }
    : { code: 'VENUE_FAILED', message: messageOf(thrown) }
}
