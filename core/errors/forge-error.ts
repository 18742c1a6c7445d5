import { ERROR_CODES, type ErrorCode, type ExitCode } from './codes.ts'

/** What a caller may attach to an error: plain values that are safe to print (never a secret). */
export type ErrorContext = Readonly<Record<string, string | number | bigint | boolean | readonly string[] | undefined>>

/**
 * The one error type of SniperForge: a code from the catalogue, what happened, and what to do about it.
 *
 * @example
 * throw new ForgeError('TOKEN_UNKNOWN', {
 *   message: 'localnet has no token "SLO"',
 *   remedy: 'Did you mean "SOL"? Known: SOL, USDC.',
 *   context: { symbol: 'SLO', cluster: 'localnet' },
 * })
 */
export class ForgeError extends Error {
  override readonly name = 'ForgeError'
  readonly code: ErrorCode
  /** One sentence that a person can act on. */
  readonly remedy: string
  readonly context: ErrorContext

  constructor(code: ErrorCode, details: { message: string; remedy?: string; context?: ErrorContext; cause?: unknown }) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.remedy = details.remedy ?? ERROR_CODES[code].remedy
    this.context = Object.freeze({ ...details.context })
  }

  /** The process exit code this error leads to when nothing handles it. */
  get exitCode(): ExitCode {
    return ERROR_CODES[this.code].exit
  }
}

/** The message of anything that was thrown, without a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Narrows to a ForgeError, of one code when given. */
export function isForgeError(thrown: unknown, code?: ErrorCode): thrown is ForgeError {
  return thrown instanceof ForgeError && (code === undefined || thrown.code === code)
}
