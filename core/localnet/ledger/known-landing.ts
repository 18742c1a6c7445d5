import { base58 } from '@scure/base'
import { ForgeError } from '../../errors/forge-error.ts'
import type { KnownTransaction, LedgerAccount } from '../ledger-port.ts'
import { NOTHING_LOADED } from './message/lookup-table.ts'
import { SIGNATURE_BYTES } from './message/wire.ts'
import { NOTHING, type Simulation, type Svm } from './svm.ts'
import { tokenBalances } from './token-balances.ts'
import type { LandedTransaction } from './transactions.ts'

/** Where and between which accounts a known transaction has landed. */
export interface Landing {
  readonly slot: number
  readonly index: number
  readonly blockhash: () => string
  /** Of each key, in order. */
  readonly before: readonly (LedgerAccount | undefined)[]
  readonly after: readonly (LedgerAccount | undefined)[]
}

/**
 * A known transaction in its block. Signature, logs and whatever else only signing or executing it can tell are made when
 * somebody asks: of the market's transactions, hardly anybody does.
 */
export function knownLanding(
  known: KnownTransaction,
  { slot, index, blockhash, before, after }: Landing,
  svm: Svm,
  account: (address: string) => LedgerAccount | undefined,
): LandedTransaction {
  const { keys, writable, fee } = known
  const wire = once(() => known.sign(blockhash()))
  const execution = once(() => executed(known, wire(), before, svm))
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
function executed(
  { keys, writable, after }: KnownTransaction,
  wire: Uint8Array,
  before: readonly (LedgerAccount | undefined)[],
  svm: Svm,
): Simulation {
  const written = new Set(writable)
  const accounts = keys.flatMap((key, index) => (written.has(key) ? [[key, before[index] ?? NOTHING] as const] : []))
  const result = svm.simulateOn(new Map(accounts), wire)
  const differs = [...after].find(([key, account]) => !isSame(result.after.get(key), account))
  if (result.err === null && !differs) return result
  throw new ForgeError('LOCALNET_TX_FAILED', {
    message: "the machine does not come to what the market's transaction is known to do",
    context: { err: JSON.stringify(result.err), account: differs?.[0], logs: result.logs },
  })
}

function isSame(a: LedgerAccount | undefined, b: LedgerAccount): boolean {
  return a !== undefined && a.lamports === b.lamports && a.owner === b.owner && Buffer.compare(a.data, b.data) === 0
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
