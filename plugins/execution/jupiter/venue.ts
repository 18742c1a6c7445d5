import { Configuration, type HTTPBody, type QuoteGetRequest, QuoteResponseFromJSON, SwapApi } from '@jup-ag/api'
import {
  type Clock,
  ForgeError,
  type Http,
  parseDuration,
  type Quote,
  type QuoteRequest,
  type SwapPlan,
  type Venue,
} from '../../../core/index.ts'
import { readInstructions, readQuote } from './answers.ts'
import type { JupiterConfig } from './config.ts'
import { explainFailure } from './failures.ts'

export interface JupiterVenueOptions {
  readonly url: string
  readonly config: JupiterConfig
  readonly http: Http
  readonly clock: Clock
}

/**
 * Jupiter's swap API as a venue, through its own client in the form that honours a base URL. Answers are read from the
 * raw JSON: the typed client drops the fields it does not know.
 */
export function createJupiterVenue({ url, config, http, clock }: JupiterVenueOptions): Venue {
  const api = new SwapApi(
    new Configuration({
      basePath: url.replace(/\/+$/, ''),
      fetchApi: http,
      ...(config.apiKey !== undefined && { headers: { 'x-api-key': config.apiKey } }),
    }),
  )
  const timeout_ms = parseDuration(config.timeout)

  /** Runs one request within the timeout and explains what went wrong; undefined for "no route". */
  const ask = async (
    request: (signal: AbortSignal) => Promise<{ raw: Response }>,
    signal: AbortSignal,
  ): Promise<{ json: unknown } | undefined> => {
    const late = new AbortController()
    const timer = clock.at(clock.now() + timeout_ms, () =>
      late.abort(new ForgeError('VENUE_UNAVAILABLE', { message: `Jupiter did not answer within ${config.timeout}` })),
    )
    try {
      const { raw } = await request(AbortSignal.any([signal, late.signal]))
      return { json: await raw.json() }
    } catch (thrown) {
      const why = await explainFailure(late.signal.aborted ? late.signal.reason : thrown, signal)
      if (why === 'no-route') return undefined
      throw why
    } finally {
      timer.cancel()
    }
  }

  return {
    name: 'jupiter',
    async quote(request, signal): Promise<Quote | undefined> {
      const answer = await ask(
        limit => api.quoteGetRaw(quoteParameters(request, config), async () => ({ signal: limit })),
        signal,
      )
      return answer && readQuote('jupiter', request, answer.json)
    },
    async plan(quote, owner, signal): Promise<SwapPlan> {
      const swapRequest = {
        userPublicKey: owner,
        quoteResponse: QuoteResponseFromJSON(quote.raw),
        wrapAndUnwrapSol: true,
      }
      const answer = await ask(
        limit =>
          api.swapInstructionsPostRaw({ swapRequest }, async ({ init }) => ({
            signal: limit,
            // The quote as it came, with the fields that the client does not know.
            body: { ...(init.body as object), quoteResponse: quote.raw } as HTTPBody,
          })),
        signal,
      )
      if (answer) return readInstructions(answer.json, owner, quote)
      throw new ForgeError('VENUE_UNAVAILABLE', { message: 'Jupiter no longer has the route that it quoted' })
    },
  }
}

function quoteParameters(request: QuoteRequest, config: JupiterConfig): QuoteGetRequest {
  return {
    inputMint: request.input.mint,
    outputMint: request.output.mint,
    // The client only writes it into the URL: a bigint keeps every digit.
    amount: request.amount.units as unknown as number,
    slippageBps: request.slippageBps,
    swapMode: request.exact === 'in' ? 'ExactIn' : 'ExactOut',
    onlyDirectRoutes: config.onlyDirectRoutes,
    ...(config.maxAccounts !== undefined && { maxAccounts: config.maxAccounts }),
    // One comma-separated value: repeated parameters are not understood everywhere.
    ...(config.dexes && { dexes: [config.dexes.join(',')] }),
    ...(config.excludeDexes && { excludeDexes: [config.excludeDexes.join(',')] }),
  }
}
