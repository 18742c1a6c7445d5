import type { Token } from '../../money/token.ts'
import { ownAccountBytes, PLAIN_ACCOUNT_BYTES } from '../mint/account-size.ts'
import type { Rpc } from '../rpc/rpc.ts'
import type { Account } from '../rpc/rpc-types.ts'
import { tokenAccountOf } from './token-accounts.ts'

/** Accounts of the wallet that a trade touches, and what they held. */
export interface WalletSnapshot {
  /** What has landed by this slot is in it. */
  readonly slot: number
  readonly lamports: bigint
  /** In the order the accounts are watched in: the wallet, then the token accounts that are not SOL. */
  readonly addresses: readonly string[]
  readonly accounts: readonly (Account | undefined)[]
}

export interface WalletCountOptions {
  readonly rpc: Pick<Rpc, 'accountsAt' | 'rentExemption'>
  readonly wallet: string
  /** Balances of an earlier slot are not counted by: endpoints, and machines of one, are not equally far. */
  readonly since: () => number
  /** Called after each reading, when all who shared it have been judged. */
  readonly counted: () => void
}

/** Lamports that accounts of the wallet take as their deposit when they are opened. */
export interface Deposits {
  /** For wrapped SOL, on the way. */
  readonly wrapped: bigint
  /** For the output. */
  readonly output: bigint
}

interface Ask {
  readonly addresses: readonly string[]
  /** Read for what an account of the output is as large as; undefined: as all are. */
  readonly outputMint: string | undefined
  /** Takes what was read. */
  readonly judge: (wallet: WalletSnapshot, deposits: Deposits) => void
  readonly fail: (thrown: unknown) => void
}

/** Addresses in one request. Source: MAX_MULTIPLE_ACCOUNTS of Agave. */
const ADDRESSES_MAX = 100

/**
 * Reads what the wallet holds for whoever counts it. Who asks while a reading is under way shares the next one: a
 * thousand trades of one moment cost two round trips, not a thousand. They are judged one after the other, so that each
 * knows what those before it were promised.
 */
export class WalletCount {
  readonly #options: WalletCountOptions
  #waiting: Ask[] = []
  #isReading = false
  /** By bytes. */
  readonly #deposits = new Map<number, Promise<bigint>>()

  constructor(options: WalletCountOptions) {
    this.#options = options
  }

  /** Whether balances are being read: what changes meanwhile may be in them or not. */
  get isReading(): boolean {
    return this.#isReading
  }

  /** What `judge` says of the wallet as it is now. @throws what `Rpc` throws. */
  count<Verdict>(
    input: Token,
    output: Token,
    judge: (wallet: WalletSnapshot, deposits: Deposits) => Verdict,
  ): Promise<Verdict> {
    const { wallet: owner } = this.#options
    const own = [input, output].map(token => tokenAccountOf(owner, token))
    const addresses = [owner, ...own.filter(address => address !== undefined)]
    return new Promise((resolve, fail) => {
      this.#waiting.push({
        addresses,
        outputMint: output.program === 'token-2022' ? output.mint : undefined,
        judge: (wallet, deposits) => resolve(judge(wallet, deposits)),
        fail,
      })
      if (!this.#isReading) void this.#readAll()
    })
  }

  async #readAll(): Promise<void> {
    this.#isReading = true
    while (this.#waiting.length > 0) {
      const asked = this.#next()
      try {
        await this.#read(asked)
      } catch (thrown) {
        for (const { fail } of asked) fail(thrown)
      }
      this.#options.counted()
    }
    this.#isReading = false
  }

  /** As many of those who wait, in turn, as one request has room for. */
  #next(): readonly Ask[] {
    const addresses = new Set<string>()
    let count = 0
    for (const ask of this.#waiting) {
      for (const address of readFor(ask)) addresses.add(address)
      if (count > 0 && addresses.size > ADDRESSES_MAX) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #read(asked: readonly Ask[]): Promise<void> {
    const { rpc, since } = this.#options
    const all = [...new Set(asked.flatMap(readFor))]
    const [wrapped, { accounts, slot }] = await Promise.all([
      this.#deposit(PLAIN_ACCOUNT_BYTES),
      rpc.accountsAt(all, 'confirmed', { minContextSlot: since() }),
    ])
    const found = new Map(all.map((address, index) => [address, accounts[index]]))
    const mints = [...new Set(asked.flatMap(({ outputMint }) => outputMint ?? []))]
    const larger = new Map(
      await Promise.all(
        mints.map(async mint => [mint, await this.#deposit(ownAccountBytes(found.get(mint)))] as const),
      ),
    )
    for (const { addresses, outputMint, judge } of asked) {
      const own = addresses.map(address => found.get(address))
      const output = outputMint === undefined ? wrapped : (larger.get(outputMint) ?? wrapped)
      judge({ slot, addresses, accounts: own, lamports: own[0]?.lamports ?? 0n }, { wrapped, output })
    }
  }

  #deposit(bytes: number): Promise<bigint> {
    const known = this.#deposits.get(bytes)
    if (known) return known
    const asked = this.#options.rpc.rentExemption(bytes)
    this.#deposits.set(bytes, asked)
    asked.catch(() => this.#deposits.delete(bytes))
    return asked
  }
}

function readFor({ addresses, outputMint }: Ask): readonly string[] {
  return outputMint === undefined ? addresses : [...addresses, outputMint]
}
