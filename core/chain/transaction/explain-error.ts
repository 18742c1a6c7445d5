import type { Reason } from '../../events/report.ts'

/** Jupiter's code, and that of the embedded chain's swap program. */
const SLIPPAGE_CODE = 6001
/** How other programs say it in their logs. */
const SLIPPAGE_LOG = /slippage|AmountOutBelowMinimum|AmountInAboveMaximum|TooLittleOutputReceived|TooMuchInputPaid/i

/**
 * Why a transaction failed, in words. `error` is a node's `err`; the logs, where there are any, name the program.
 *
 * Codes: SLIPPAGE_EXCEEDED, FUNDS_INSUFFICIENT, TRANSACTION_REFUSED.
 */
export function explainTransactionError(error: unknown, logs: readonly string[]): Reason {
  const custom = customCode(error)
  const program = failedProgram(logs)
  if (custom === SLIPPAGE_CODE || (custom !== undefined && logs.some(line => SLIPPAGE_LOG.test(line)))) {
    return {
      code: 'SLIPPAGE_EXCEEDED',
      message: `the price moved further than the slippage allows (error ${custom}${program ? ` of ${program}` : ''})`,
      remedy: 'Allow more slippage (slippageBps), or trade less at once.',
    }
  }
  if (isFundsError(error, custom, logs)) {
    return {
      code: 'FUNDS_INSUFFICIENT',
      message: `the wallet does not hold what the transaction moves: ${detail(error, custom, logs)}`,
      remedy: 'Fund the wallet, or trade less.',
    }
  }
  return {
    code: 'TRANSACTION_REFUSED',
    message: `the chain refuses the transaction: ${detail(error, custom, logs)}${program ? ` (program ${program})` : ''}`,
  }
}

/** The number of `{InstructionError: [index, {Custom: number}]}`. */
function customCode(error: unknown): number | undefined {
  const detailOf = instructionError(error)
  const custom = typeof detailOf === 'object' && detailOf !== null && 'Custom' in detailOf ? detailOf.Custom : undefined
  return typeof custom === 'number' ? custom : undefined
}

function instructionError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('InstructionError' in error)) return undefined
  return Array.isArray(error.InstructionError) ? error.InstructionError[1] : undefined
}

function isFundsError(error: unknown, custom: number | undefined, logs: readonly string[]): boolean {
  if (error === 'InsufficientFundsForFee' || error === 'AccountNotFound') return true
  if (typeof error === 'object' && error !== null && 'InsufficientFundsForRent' in error) return true
  // 1 of the token and the system program; both say so in their logs.
  return custom === 1 && logs.some(line => /insufficient (funds|lamports)/i.test(line))
}

function detail(error: unknown, custom: number | undefined, logs: readonly string[]): string {
  const said = logs
    .map(
      line =>
        /Error Message: (.+)$/.exec(line)?.[1] ?? /^Program log: (?:Error: )?(.*(?:insufficient).*)$/i.exec(line)?.[1],
    )
    .find(text => text !== undefined)
  const name = custom === undefined ? nameOf(error) : `error ${custom}`
  return said ? `${name}: ${said.trim()}` : name
}

function nameOf(error: unknown): string {
  const inner = instructionError(error)
  if (typeof inner === 'string') return inner
  return typeof error === 'string' ? error : JSON.stringify(error)
}

/** The innermost program that failed: it is the first to say so. */
function failedProgram(logs: readonly string[]): string | undefined {
  for (const line of logs) {
    const program = /^Program (\S+) failed/.exec(line)?.[1]
    if (program) return program
  }
  return undefined
}
