import { base58 } from '@scure/base'
import type { LedgerAccount } from '../../ledger-port.ts'
import type { WireMessage } from './wire.ts'

const SYSTEM_PROGRAM = '11111111111111111111111111111111'
const ADVANCE_NONCE_ACCOUNT = 4
/** Layout of an initialized nonce account: version, state, authority, nonce. Source: solana-nonce. */
const STATE_OFFSET = 4
const NONCE_OFFSET = 40
const NONCE_ACCOUNT_BYTES = 80

/** Whether the message begins by advancing a durable nonce whose present value stands in its blockhash's place. */
export function usesValidNonce(message: WireMessage, account: (address: string) => LedgerAccount | undefined): boolean {
  const first = message.instructions[0]
  if (!first || message.staticKeys[first.programIdIndex] !== SYSTEM_PROGRAM) return false
  const { data } = first
  if (data.length < 4 || new DataView(data.buffer, data.byteOffset).getUint32(0, true) !== ADVANCE_NONCE_ACCOUNT) {
    return false
  }
  const nonceAddress = message.staticKeys[first.accounts[0] ?? -1]
  const nonce = nonceAddress === undefined ? undefined : account(nonceAddress)
  if (nonce?.owner !== SYSTEM_PROGRAM || nonce.data.length !== NONCE_ACCOUNT_BYTES) return false
  const initialized = new DataView(nonce.data.buffer, nonce.data.byteOffset).getUint32(STATE_OFFSET, true) === 1
  return initialized && base58.encode(nonce.data.subarray(NONCE_OFFSET, NONCE_OFFSET + 32)) === message.blockhash
}
