import { base58 } from '@scure/base'
import { ForgeError } from '../../errors/forge-error.ts'
import type { LedgerAccount } from '../ledger-port.ts'
import { NOTHING_LOADED } from './message/lookup-table.ts'
import { SIGNATURE_BYTES } from './message/wire.ts'
import { NOTHING, type Simulation, type Svm } from './svm.ts'
import { tokenBalances } from './token-balances.ts'
import type { LandedTransaction } from './transactions.ts'

/** A known transaction in its block, as a snapshot keeps it: all that can not be made again from the rest. */
export interface KeptLanding {
  /** What its sender makes it again from. */
  readonly known: Uint8Array
  readonly keys: readonly string[]
  readonly writable: readonly string[]
  readonly fee: number
  readonly slot: number
  readonly index: number
  /** The accounts of its keys, in order, as they were before it and after. */
  readonly before: readonly (LedgerAccount | undefined)[]
  readonly after: readonly (LedgerAccount | undefined)[]
}

/**
 * A known transaction in its block. Signature, logs and whatever else only signing or executing it can tell are made when
 * somebody asks: of the market's transactions, hardly anybody does.
 */
export function knownLanding(
  landing: KeptLanding,
  sign: () => Uint8Array,
  svm: Svm,
  account: (address: string) => LedgerAccount | undefined,
): LandedTransaction {
  const { slot, index, before, after, keys, writable, fee } = landing
  const wire = once(sign)
  const execution = once(() => executed(landing, wire(), svm))
  return {
    err: null,
    get logs() {
      return execution().logs
    },
    get computeUnits() {
      return execution().computeUnits
    },
    get inner() {
      return execution().inner
    },
    get returnData() {
      return execution().returnData
    },
    get signature() {
      return base58.encode(wire().subarray(1, 1 + SIGNATURE_BYTES))
    },
    slot,
    index,
    get wire() {
      return wire()
    },
    source: 'world',
    fee,
    computeUnitPrice: 0,
    keys,
    writable,
    loaded: NOTHING_LOADED,
    get preBalances() {
      return before.map(lamportsOf)
    },
    get postBalances() {
      return after.map(lamportsOf)
    },
    get preTokenBalances() {
      return tokenBalances(before, account)
    },
    get postTokenBalances() {
      return tokenBalances(after, account)
    },
  }
}

/** @throws LOCALNET_TX_FAILED when the machine finds another effect than the one that was known. */
function executed({ keys, writable, before, after }: KeptLanding, wire: Uint8Array, svm: Svm): Simulation {
  const written = new Set(writable)
  const writes = keys.flatMap((key, index) => (written.has(key) ? [[key, index] as const] : []))
  const result = svm.simulateOn(new Map(writes.map(([key, index]) => [key, before[index] ?? NOTHING])), wire)
  const differs = writes.find(([key, index]) => !isSame(result.after.get(key) ?? NOTHING, after[index] ?? NOTHING))
  if (result.err === null && !differs) return result
  throw new ForgeError('LOCALNET_TX_FAILED', {
    message: "the machine does not come to what the market's transaction is known to do",
    context: { err: JSON.stringify(result.err), account: differs?.[0], logs: result.logs },
  })
}

function isSame(a: LedgerAccount, b: LedgerAccount): boolean {
  return a.lamports === b.lamports && a.owner === b.owner && Buffer.compare(a.data, b.data) === 0
}

function lamportsOf(account: LedgerAccount | undefined): bigint {
  return account?.lamports ?? 0n
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
