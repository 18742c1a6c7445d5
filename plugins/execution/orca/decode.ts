import type { OracleData, TickArrayData, WhirlpoolData } from '@orca-so/whirlpools-sdk'
import { type Mint, unpackMint } from '@solana/spl-token'
import { type AccountInfo, PublicKey } from '@solana/web3.js'
import { type ChainAccount, ForgeError } from '../../../core/index.ts'
import { ParsableOracle, ParsableTickArray, ParsableWhirlpool, WHIRLPOOL_IDL } from './sdk.ts'

/** A mint and the token program that owns it, in the SDK's terms. */
export type OrcaMint = Mint & { tokenProgram: PublicKey }

/** Decoded accounts by address and kind, kept while their bytes are the same: a tick array takes longer to decode than to read. */
const KEPT_MAX = 4_000

/**
 * Turns accounts into the SDK's structures. The SDK's parsers write to the console and answer null for what they do
 * not know, so they only get to see accounts of the right owner and kind.
 */
export class Decoder {
  readonly #programId: string
  readonly #kept = new Map<string, { readonly data: Uint8Array; readonly value: unknown }>()

  constructor(programId: string) {
    this.#programId = programId
  }

  /** undefined when it is no whirlpool of this program. */
  whirlpool(account: ChainAccount | undefined): WhirlpoolData | undefined {
    return this.#own(account, ['Whirlpool'], info => ParsableWhirlpool.parse(PublicKey.default, info))
  }

  /** undefined when it is not initialized: a swap crosses it as an empty one. */
  tickArray(account: ChainAccount | undefined): TickArrayData | undefined {
    return this.#own(account, ['TickArray', 'DynamicTickArray'], info =>
      ParsableTickArray.parse(PublicKey.default, info),
    )
  }

  /** undefined where the pool has none: only adaptive-fee pools have. */
  oracle(account: ChainAccount | undefined): OracleData | undefined {
    return this.#own(account, ['Oracle'], info => ParsableOracle.parse(PublicKey.default, info))
  }

  /** undefined when there is no such mint. @throws an error of spl-token when the account is no mint. */
  mint(account: ChainAccount | undefined): OrcaMint | undefined {
    if (account === undefined) return undefined
    return this.#once(account, info => {
      const mint = unpackMint(new PublicKey(account.address), info, info.owner)
      return { ...mint, tokenProgram: info.owner }
    })
  }

  #own<T>(
    account: ChainAccount | undefined,
    kinds: readonly string[],
    parse: (info: AccountInfo<Buffer>) => T | null,
  ): T | undefined {
    if (account === undefined || account.owner !== this.#programId) return undefined
    const isKnown = kinds.some(kind => discriminatorOf(kind).every((byte, index) => account.data[index] === byte))
    if (!isKnown) return undefined
    return this.#once(account, info => {
      const parsed = parse(info)
      // Taking an array that can not be read for an empty one would quote a price that does not exist.
      if (parsed === null)
        throw new ForgeError('VENUE_REFUSED', { message: `the SDK can not read the Orca account ${account.address}` })
      return parsed
    })
  }

  #once<T>(account: ChainAccount, decode: (info: AccountInfo<Buffer>) => T): T {
    const kept = this.#kept.get(account.address)
    if (kept !== undefined && Buffer.compare(kept.data, account.data) === 0) return kept.value as T
    const value = decode({
      data: Buffer.from(account.data),
      executable: false,
      lamports: Number(account.lamports),
      owner: new PublicKey(account.owner),
    })
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear()
    this.#kept.set(account.address, { data: account.data, value })
    return value
  }
}

const discriminators = new Map((WHIRLPOOL_IDL.accounts ?? []).map(entry => [entry.name, entry.discriminator]))

/** The first eight bytes of an account of that kind. */
function discriminatorOf(kind: string): readonly number[] {
  const bytes = discriminators.get(kind)
  if (bytes === undefined) throw new RangeError(`the Whirlpool program has no account kind ${kind}`)
  return bytes
}
