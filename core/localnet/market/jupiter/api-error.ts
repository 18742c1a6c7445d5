/** Codes of Jupiter's own API, and two of ours for what it would refuse in other words. */
export type ApiErrorCode =
  | 'COULD_NOT_FIND_ANY_ROUTE'
  | 'NO_ROUTES_FOUND'
  | 'TOKEN_NOT_TRADABLE'
  | 'CIRCULAR_ARBITRAGE_IS_DISABLED'
  | 'MARKET_NOT_FOUND'
  | 'INVALID_REQUEST'
  | 'NOT_SUPPORTED'

/** A refusal that the API answers with; it never leaves this folder. */
export class ApiError extends Error {
  readonly errorCode: ApiErrorCode
  readonly status: number

  constructor(errorCode: ApiErrorCode, message: string, status = 400) {
    super(message)
    this.errorCode = errorCode
    this.status = status
  }

  toResponse(): Response {
    return Response.json({ error: this.message, errorCode: this.errorCode }, { status: this.status })
  }
}

export function invalid(field: string, wanted: string): ApiError {
  return new ApiError('INVALID_REQUEST', `${field} must be ${wanted}`)
}
