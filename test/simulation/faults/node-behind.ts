import type { Ledger } from '../../../core/localnet/ledger/ledger.ts'

/** Methods whose answer says how far the node is. */
const READS = /^get(Slot|BlockHeight|LatestBlockhash|SignatureStatuses|Transaction|MultipleAccounts)$/
/** The oldest state that the ledger still has is that of its newest finalized slot. */
const FINALIZED = 'finalized'

interface Status {
  readonly slot: number
  readonly confirmationStatus: string | null
}

export function canBeBehind(method: string): boolean {
  return READS.test(method)
}

/** The question that makes the up-to-date node say what one that is behind would: of accounts, the oldest state. */
export function askedBehind(body: string): string {
  const request = JSON.parse(body) as { method: string; params: [unknown, Record<string, unknown>?] }
  if (request.method !== 'getMultipleAccounts') return body
  const [addresses, config] = request.params
  return JSON.stringify({ ...request, params: [addresses, { ...config, commitment: FINALIZED }] })
}

/** An answer as a node gives it that knows the chain only up to so many slots ago. */
export function answeredBehind(method: string, text: string, ledger: Ledger, slots: number): string {
  const answer = JSON.parse(text) as { result?: unknown }
  if (answer.result === undefined) return text
  const newest = ledger.slot() - slots
  return JSON.stringify({ ...answer, result: resultBehind(method, answer.result, ledger, newest, slots) })
}

function resultBehind(method: string, result: unknown, ledger: Ledger, newest: number, slots: number): unknown {
  switch (method) {
    case 'getSlot':
    case 'getBlockHeight':
      return (result as number) - slots
    case 'getLatestBlockhash':
      return {
        context: { slot: newest },
        value: {
          blockhash: ledger.slots.blockhashOf(newest),
          lastValidBlockHeight: ledger.slots.heightOf(newest) + 150,
        },
      }
    case 'getTransaction':
      return (result as { slot: number } | null) && (result as { slot: number }).slot <= newest ? result : null
    case 'getSignatureStatuses': {
      const { value } = result as { value: (Status | null)[] }
      return {
        context: { slot: newest },
        value: value.map(status => (status && status.slot <= newest ? status : null)),
      }
    }
    default:
      return result
  }
}
