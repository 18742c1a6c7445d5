import type { Ledger } from '../../../core/localnet/ledger/ledger.ts'
import type { Random } from '../../../core/time/random.ts'

/** Methods whose answer says how far the node is. */
const READS = [
  'getSlot',
  'getBlockHeight',
  'getLatestBlockhash',
  'getSignatureStatuses',
  'getTransaction',
  'getMultipleAccounts',
]
/** Far enough that what landed a minute ago is not seen. */
const BEHIND_MAX_SLOTS = 200
const BEHIND_MAX_MS = 120_000
/** The oldest state that the ledger still has is that of its newest finalized slot. */
const FINALIZED = 'finalized'

interface Status {
  readonly slot: number
  readonly confirmationStatus: string | null
}

/** By so many slots the node is behind that answers one request. */
export function slotsBehind(method: string, random: Random): number {
  return READS.includes(backendOf(method)) ? 1 + random.int(BEHIND_MAX_SLOTS) : 0
}

/**
 * For a while, some methods are answered by a node that is behind: behind one address there are many, and often each
 * method has its own.
 */
export class BehindFor {
  readonly #methods: ReadonlySet<string>
  readonly #slots: number
  readonly #until_ms: number

  constructor(random: Random, now_ms: number) {
    this.#methods = new Set(READS.filter(() => random.int(2) === 0))
    this.#slots = 1 + random.int(BEHIND_MAX_SLOTS)
    this.#until_ms = now_ms + random.int(BEHIND_MAX_MS)
  }

  slots(method: string, now_ms: number): number {
    return now_ms < this.#until_ms && this.#methods.has(backendOf(method)) ? this.#slots : 0
  }
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

/** A simulation as a node tells of it that knows nothing of balances yet. */
export function toldByOlder(text: string): string {
  const answer = JSON.parse(text) as { result?: { value: Record<string, unknown> } }
  if (!answer.result) return text
  const { preBalances, postBalances, preTokenBalances, postTokenBalances, fee, loadedAddresses, ...value } =
    answer.result.value
  return JSON.stringify({ ...answer, result: { ...answer.result, value } })
}

function resultBehind(method: string, result: unknown, ledger: Ledger, newest: number, slots: number): unknown {
  switch (method) {
    case 'getSlot':
    case 'getBlockHeight':
      return (result as number) - slots
    case 'getEpochInfo': {
      const { absoluteSlot, blockHeight, ...rest } = result as { absoluteSlot: number; blockHeight: number }
      return { ...rest, absoluteSlot: absoluteSlot - slots, blockHeight: blockHeight - slots }
    }
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

/** The same node tells the height, with its slot or without. */
function backendOf(method: string): string {
  return method === 'getEpochInfo' ? 'getBlockHeight' : method
}
