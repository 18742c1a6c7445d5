import type { Address } from '@solana/kit'
import { ApiError } from './api-error.ts'
import { addressField, flagField, swapModeField, unitsField, wholeField } from './fields.ts'

/** What `GET /quote` was asked, with Jupiter's defaults. */
export interface QuoteRequest {
  readonly inputMint: Address
  readonly outputMint: Address
  /** Of the input (ExactIn) or of the output (ExactOut), in base units. */
  readonly amount: bigint
  readonly swapMode: 'ExactIn' | 'ExactOut'
  readonly slippageBps: number
  readonly onlyDirectRoutes: boolean
  readonly restrictIntermediateTokens: boolean
  /** Labels as in `/program-id-to-label`; undefined when all are welcome. */
  readonly dexes: ReadonlySet<string> | undefined
  readonly excludeDexes: ReadonlySet<string>
  readonly maxAccounts: number
}

const SLIPPAGE_BPS_DEFAULT = 50
const ACCOUNTS_MAX = 64

/** @throws ApiError */
export function parseQuoteRequest(query: URLSearchParams): QuoteRequest {
  const one = (field: string): string | undefined => query.get(field) ?? undefined
  if (wholeField(one('platformFeeBps') ?? 0, 'platformFeeBps', { min: 0, max: 10_000 }) > 0) {
    throw new ApiError('NOT_SUPPORTED', 'platformFeeBps: the embedded market takes no platform fee')
  }
  if (flagField(one('dynamicSlippage'), 'dynamicSlippage', false)) {
    throw new ApiError('NOT_SUPPORTED', 'dynamicSlippage is discontinued: choose slippageBps')
  }
  // It changes nothing here, since no route needs a lookup table; a value that is none is refused all the same.
  flagField(one('asLegacyTransaction'), 'asLegacyTransaction', false)
  const dexes = listOf(query, 'dexes')
  return {
    inputMint: addressField(one('inputMint'), 'inputMint'),
    outputMint: addressField(one('outputMint'), 'outputMint'),
    amount: unitsField(one('amount'), 'amount'),
    swapMode: swapModeField(one('swapMode')),
    slippageBps: wholeField(one('slippageBps') ?? SLIPPAGE_BPS_DEFAULT, 'slippageBps', { min: 0, max: 10_000 }),
    onlyDirectRoutes: flagField(one('onlyDirectRoutes'), 'onlyDirectRoutes', false),
    restrictIntermediateTokens: flagField(one('restrictIntermediateTokens'), 'restrictIntermediateTokens', true),
    dexes: dexes.length > 0 ? new Set(dexes) : undefined,
    excludeDexes: new Set(listOf(query, 'excludeDexes')),
    maxAccounts: wholeField(one('maxAccounts') ?? ACCOUNTS_MAX, 'maxAccounts', { min: 1, max: ACCOUNTS_MAX }),
  }
}

/** Both forms: `dexes=A,B` and `dexes=A&dexes=B`. */
function listOf(query: URLSearchParams, field: string): string[] {
  return query
    .getAll(field)
    .flatMap(text => text.split(','))
    .map(text => text.trim())
    .filter(text => text !== '')
}
