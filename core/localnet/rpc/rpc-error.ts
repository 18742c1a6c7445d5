/** The codes a node answers with. Source: rpc-client-api/src/custom_error.rs of Agave, and JSON-RPC 2.0. */
export const RPC_CODES = {
  blockCleanedUp: -32001,
  preflightFailure: -32002,
  signatureVerification: -32003,
  blockNotAvailable: -32004,
  slotSkipped: -32007,
  unsupportedVersion: -32015,
  minContextSlot: -32016,
  /** Ours: `sniperforge_clock` by one who does not hold the clock. */
  clockHeld: -32050,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  parse: -32700,
} as const

/** An error as JSON-RPC carries it. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: number
  readonly data: unknown

  constructor(code: keyof typeof RPC_CODES, message: string, data?: unknown) {
    super(message)
    this.code = RPC_CODES[code]
    this.data = data
  }
}

export function invalidParams(message: string): RpcError {
  return new RpcError('invalidParams', message)
}
