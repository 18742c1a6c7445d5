import { stripVTControlCharacters } from 'node:util'
import { ForgeError } from '../../errors/forge-error.ts'
import { redactText, redactUrl } from '../redact.ts'

/** Codes of a Solana node. Source: agave, rpc-client-api/src/custom_error.rs; -326xx from JSON-RPC 2.0. */
const TRANSIENT_CODES: readonly number[] = [
  -32004, // block not available (yet)
  -32005, // node unhealthy: behind
  -32014, // block status not yet available
  -32016, // minimum context slot not reached
  -32603, // internal error
]

/** A limit that is told in the answer, as for one member of an array, and not by the status. */
const LIMIT_CODES: readonly number[] = [429, -32429]

/** What an HTTP status without a JSON-RPC answer means. */
export function statusError(url: string, method: string, status: number, body: string): ForgeError {
  const where = `${redactUrl(url)} (${method})`
  const context = { method, url: redactUrl(url), status }
  if (status === 429) {
    return new ForgeError('RPC_RATE_LIMITED', { message: `${where} answers 429: too many requests`, context })
  }
  const excerpt = shown(redactText(body, url), 200)
  if (status >= 500) return new ForgeError('RPC_UNAVAILABLE', { message: `${where} answers ${status}`, context })
  if (status === 401 || status === 403) {
    const remedy = 'The endpoint wants a valid key: check --rpc-url.'
    return new ForgeError('RPC_REFUSED', { message: `${where} answers ${status}: ${excerpt}`, remedy, context })
  }
  return new ForgeError('RPC_ANSWER_INVALID', { message: `${where} answers ${status}: ${excerpt}`, context })
}

/** The error of a JSON-RPC answer; its code is in the context as `rpcCode`. */
export function answerError(url: string, method: string, error: unknown): ForgeError {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  const rpcCode = typeof code === 'number' ? code : undefined
  const text = shown(redactText(typeof message === 'string' ? message : JSON.stringify(error), url), 500)
  const behind = slotsBehind(error)
  return new ForgeError(kindOf(rpcCode), {
    message: `${redactUrl(url)} (${method}): ${text}`,
    context: { method, url: redactUrl(url), rpcCode, ...(behind !== undefined && { slotsBehind: behind }) },
  })
}

/** What an endpoint says, on one line: it must not move the cursor of a terminal, nor fill it. */
function shown(text: string, length_max: number): string {
  const plain = stripVTControlCharacters(text.slice(0, 10 * length_max))
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return plain.length > length_max ? `${plain.slice(0, length_max)}…` : plain
}

function kindOf(rpcCode = 0): 'RPC_RATE_LIMITED' | 'RPC_UNAVAILABLE' | 'RPC_REFUSED' {
  if (LIMIT_CODES.includes(rpcCode)) return 'RPC_RATE_LIMITED'
  return TRANSIENT_CODES.includes(rpcCode) ? 'RPC_UNAVAILABLE' : 'RPC_REFUSED'
}

/** What an unhealthy node says of itself. Source: agave, NodeUnhealthyErrorData. */
function slotsBehind(error: unknown): number | undefined {
  const data = (error as { data?: { numSlotsBehind?: unknown } | null } | null)?.data
  return typeof data?.numSlotsBehind === 'number' ? data.numSlotsBehind : undefined
}
