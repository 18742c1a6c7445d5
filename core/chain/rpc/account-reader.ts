import { setImmediate } from 'node:timers/promises'
import type { AccountReader, ChainAccount } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'
import { KeptMints, type MintStore } from './kept-mints.ts'
import type { Rpc } from './rpc.ts'
import type { AccountsAt, Commitment } from './rpc-types.ts'

/** The most keys of one `getMultipleAccounts`. Source: Agave, MAX_MULTIPLE_ACCOUNTS. */
const KEYS_MAX = 100

type Batch = Promise<{ readonly slot: number; readonly accounts: ReadonlyMap<string, ChainAccount> }>

/**
 * Reads accounts fresh, but for mints whose decimals never change; what is asked within one turn of the event loop goes
 * in common calls of up to 100 addresses, each address once. However many venues look at their pools, a comparison costs
 * one round trip.
 *
 * @param store keeps mints from run to run; absent, they are known for this one alone
 */
export function createAccountReader(rpc: Rpc, commitment: Commitment, clock: Clock, store?: MintStore): AccountReader {
  const mints = new KeptMints(clock, store)
  let waiting: { readonly addresses: Set<string>; readonly batch: Batch } | undefined

  const read = async (addresses: ReadonlySet<string>): Batch => {
    // Not for the calls as well: they hold it themselves, and must not while they wait to try again.
    await clock.holdWhile('accounts', () => setImmediate())
    waiting = undefined
    const known = await mints.known([...addresses])
    // Who asks for mints alone wants to know how far the chain is, too.
    const all = [...addresses].filter(address => known.size === addresses.size || !known.has(address))
    const chunks = Array.from({ length: Math.ceil(all.length / KEYS_MAX) }, (_, index) =>
      all.slice(index * KEYS_MAX, (index + 1) * KEYS_MAX),
    )
    const answers = await Promise.all(chunks.map(async chunk => named(chunk, await rpc.accountsAt(chunk, commitment))))
    const read = new Map(answers.flatMap(answer => answer.accounts))
    await mints.keep(read.values())
    return { slot: Math.min(...answers.map(answer => answer.slot)), accounts: new Map([...known, ...read]) }
  }

  return {
    many: async (addresses, signal) => {
      signal.throwIfAborted()
      if (addresses.length === 0) return { slot: 0, accounts: [] }
      if (!waiting) {
        const wanted = new Set<string>()
        waiting = { addresses: wanted, batch: read(wanted) }
      }
      for (const address of addresses) waiting.addresses.add(address)
      const { slot, accounts } = await waiting.batch
      signal.throwIfAborted()
      return { slot, accounts: addresses.map(address => accounts.get(address)) }
    },
    program: async (programId, filters, signal) => {
      signal.throwIfAborted()
      const found = await rpc.programAccounts(programId, filters, commitment)
      signal.throwIfAborted()
      return found
    },
  }
}

function named(
  addresses: readonly string[],
  { slot, accounts }: AccountsAt,
): { slot: number; accounts: [string, ChainAccount][] } {
  return {
    slot,
    accounts: addresses.flatMap((address, index): [string, ChainAccount][] => {
      const account = accounts[index]
      return account ? [[address, { address, ...account }]] : []
    }),
  }
}
