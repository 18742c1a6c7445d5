import { PublicKey } from '@solana/web3.js'
import { type AccountReader, CLOCK_ADDRESS, type Clock, ForgeError, type Logger } from '../../../core/index.ts'
import { Batch } from './pools/batch.ts'
import type { OpenPool, PoolKind, PoolState } from './pools/pool.ts'

/** How long a pair's list of pools is believed: new pools are rare, and one missed for minutes costs little. */
const POOLS_KEPT_MS = 10 * 60_000
/** A pool whose price runs from tick array to tick array while we read is given up after so many rounds. */
const ROUNDS_MAX = 3

interface KnownPool {
  readonly address: string
  /** What it needed when last seen: the next read asks for that at once. */
  readonly needs: readonly string[]
}

export interface Reading {
  readonly state: PoolState
  readonly slot: number
}

/**
 * Reads every pool of a pair, of all kinds, with all a swap needs. The first time that takes two rounds (which pools
 * there are, then what they need), later one, unless a price has left its tick arrays meanwhile.
 */
export class PoolReader {
  readonly #accounts: AccountReader
  readonly #clock: Clock
  readonly #log: Logger
  readonly #kinds: readonly PoolKind[]
  readonly #listed: readonly string[]
  readonly #known = new Map<string, { readonly at_ms: number; readonly pools: readonly KnownPool[] }>()
  readonly #derived = new Map<string, readonly string[]>()
  readonly #refused = new Set<string>()

  constructor(
    accounts: AccountReader,
    clock: Clock,
    log: Logger,
    kinds: readonly PoolKind[],
    /** Pools to look at always, for endpoints that do not search. */
    listed: readonly string[],
  ) {
    this.#accounts = accounts
    this.#clock = clock
    this.#log = log
    this.#kinds = kinds
    this.#listed = listed
  }

  /** Every pool that trades `inputMint` for `outputMint` now. */
  async read(inputMint: string, outputMint: string, signal: AbortSignal): Promise<readonly Reading[]> {
    const pair = `${inputMint}/${outputMint}`
    const kept = this.#known.get(pair)
    const isKnown = kept !== undefined && kept.pools.length > 0 && this.#clock.now() - kept.at_ms < POOLS_KEPT_MS
    const at_ms = isKnown ? kept.at_ms : this.#clock.now()
    let pools = isKnown ? kept.pools : undefined
    for (let round = 1; ; round++) {
      const batch =
        pools === undefined
          ? await this.#discover(inputMint, outputMint, signal)
          : await this.#many([inputMint, outputMint, ...pools.flatMap(pool => [pool.address, ...pool.needs])], signal)
      const open = batch.addresses.flatMap(address => {
        const pool = this.#open(address, batch, inputMint, outputMint)
        return pool === undefined ? [] : [{ address, pool, needs: pool.needs(batch) }]
      })
      pools = open.map(({ address, needs }) => ({ address, needs }))
      this.#known.set(pair, { at_ms, pools })
      const complete = open.filter(({ needs }) => needs.every(address => batch.has(address)))
      if (complete.length === open.length || round === ROUNDS_MAX)
        return complete.flatMap(({ pool }) => {
          const state = pool.state(batch)
          return state === undefined ? [] : [{ state, slot: batch.slot }]
        })
    }
  }

  #open(address: string, batch: Batch, inputMint: string, outputMint: string): OpenPool | undefined {
    const account = batch.get(address)
    if (account === undefined) return undefined
    for (const kind of this.#kinds) {
      const pool = kind.open(account, inputMint, outputMint)
      if (pool !== undefined) return pool
    }
    return undefined
  }

  /** Derived addresses, listed ones, and what the endpoint finds, side by side. */
  async #discover(inputMint: string, outputMint: string, signal: AbortSignal): Promise<Batch> {
    const [mintA, mintB] = ordered(inputMint, outputMint)
    const key = `${mintA}/${mintB}`
    const derived = this.#derived.get(key) ?? this.#kinds.flatMap(kind => kind.derived(mintA, mintB))
    this.#derived.set(key, derived)
    const [batch, ...found] = await Promise.all([
      this.#many([inputMint, outputMint, ...derived, ...this.#listed], signal),
      ...this.#kinds.flatMap(kind =>
        kind.searches(mintA, mintB).map(filters => this.#search(kind.programId, filters, signal)),
      ),
    ])
    return batch.with(found.flat())
  }

  /** An endpoint that refuses to search is said once; its derived and listed pools trade all the same. */
  async #search(
    programId: string,
    filters: Parameters<AccountReader['program']>[1],
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<AccountReader['program']>>['accounts']> {
    try {
      return (await this.#accounts.program(programId, filters, signal)).accounts
    } catch (thrown) {
      if (!(thrown instanceof ForgeError) || thrown.code !== 'RPC_REFUSED') throw thrown
      if (!this.#refused.has(programId)) {
        this.#refused.add(programId)
        this.#log.warn('the RPC endpoint does not search: pools at underived addresses are missing unless listed', {
          program: programId,
        })
      }
      return []
    }
  }

  async #many(addresses: readonly string[], signal: AbortSignal): Promise<Batch> {
    const asked = [...new Set([CLOCK_ADDRESS, ...addresses])]
    const { slot, accounts } = await this.#accounts.many(asked, signal)
    return new Batch(slot, new Map(asked.map((address, index) => [address, accounts[index]])))
  }
}

/** Mints in the order of their bytes, as the programs want them. */
function ordered(mint: string, otherMint: string): [string, string] {
  const isFirst = Buffer.compare(new PublicKey(mint).toBuffer(), new PublicKey(otherMint).toBuffer()) < 0
  return isFirst ? [mint, otherMint] : [otherMint, mint]
}
