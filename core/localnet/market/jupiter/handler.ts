import type { LedgerPort } from '../../ledger-port.ts'
import { SWAP_PROGRAM, SWAP_PROGRAM_LABEL } from '../../program/swap-program.ts'
import { ApiError } from './api-error.ts'
import { quote } from './quote.ts'
import { parseQuoteRequest } from './quote-request.ts'
import { swapAnswer, swapInstructionsAnswer } from './swap-answer.ts'
import { parseSwapRequest } from './swap-request.ts'

type Route = (request: Request, url: URL) => unknown | Promise<unknown>

/**
 * Jupiter's `/swap/v1` over the pools of the embedded chain: quote, swap, swap-instructions, program-id-to-label.
 * Refusals are `{error, errorCode}` with status 400; nothing but a defect rejects.
 */
export function createJupiterApi(ledger: LedgerPort): (request: Request) => Promise<Response> {
  const routes: Readonly<Record<string, Route>> = {
    'GET /swap/v1/quote': (_, url) => quote(ledger, parseQuoteRequest(url.searchParams)),
    'POST /swap/v1/swap': async request => swapAnswer(ledger, parseSwapRequest(await jsonOf(request))),
    'POST /swap/v1/swap-instructions': async request => swapInstructionsAnswer(parseSwapRequest(await jsonOf(request))),
    'GET /swap/v1/program-id-to-label': () => ({ [SWAP_PROGRAM]: SWAP_PROGRAM_LABEL }),
  }
  return request =>
    ledger.clock.holdWhile('market api', async () => {
      const url = new URL(request.url)
      const route = routes[`${request.method} ${url.pathname}`]
      try {
        if (!route) throw new ApiError('INVALID_REQUEST', `no route ${request.method} ${url.pathname}`, 404)
        return Response.json(await route(request, url))
      } catch (thrown) {
        if (thrown instanceof ApiError) return thrown.toResponse()
        throw thrown
      }
    })
}

async function jsonOf(request: Request): Promise<unknown> {
  const text = await request.text()
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError('INVALID_REQUEST', 'the body is not JSON')
  }
}
