import { ForgeError } from '../../errors/forge-error.ts'
import { tryDecodeBase58 } from '../ledger/address-text.ts'
import { parseWire, WIRE_BYTES_MAX, type WireTransaction } from '../ledger/message/wire.ts'
import { type Config, choice } from './params.ts'
import { invalidParams } from './rpc-error.ts'

const TYPE = 'solana_transaction::versioned::VersionedTransaction'

/** A transaction parameter: base58 unless `encoding` says base64. Throws -32602 as a node words it. */
export function transactionOf(text: string, config: Config): WireTransaction {
  const encoding = choice(config, 'encoding', ['base58', 'base64'], 'base58')
  const longest = encoding === 'base58' ? 1_683 : 1_644
  if (text.length > longest) {
    const size = `${text.length} bytes (max: encoded/raw ${longest}/${WIRE_BYTES_MAX})`
    throw invalidParams(`${encoding} encoded ${TYPE} too large: ${size}`)
  }
  const bytes = encoding === 'base58' ? tryDecodeBase58(text) : decodeBase64(text)
  if (!bytes) throw invalidParams(`invalid ${encoding} encoding`)
  try {
    return parseWire(bytes)
  } catch (thrown) {
    if (!(thrown instanceof ForgeError)) throw thrown
    const { reason } = thrown.context
    if (reason === 'too-large') {
      throw invalidParams(`decoded ${TYPE} too large: ${bytes.length} bytes (max: ${WIRE_BYTES_MAX} bytes)`)
    }
    if (reason === 'unsanitary') throw invalidParams(`invalid transaction: ${thrown.message}`)
    throw invalidParams(`failed to deserialize ${TYPE}: ${thrown.message}`)
  }
}

function decodeBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined
  // A copy: a small Buffer is a window of a larger one, which would be kept as long as the transaction.
  return new Uint8Array(Buffer.from(text, 'base64'))
}
