import {
  calculateFee,
  getEpochFee,
  getTransferFeeConfig,
  getTransferHook,
  type Mint,
  unpackMint,
} from '@solana/spl-token'
import { PublicKey } from '@solana/web3.js'
import type { ChainAccount } from '../../../../core/index.ts'

const BPS = 10_000n

/** A mint with its token program, and the fee its transfers cost in the current epoch. */
export class TokenMint {
  readonly address: PublicKey
  readonly tokenProgram: PublicKey
  readonly #mint: Mint
  readonly #epoch: bigint

  /** @throws an error of spl-token when the account is no mint. */
  constructor(account: ChainAccount, epoch: bigint) {
    this.address = new PublicKey(account.address)
    this.tokenProgram = new PublicKey(account.owner)
    const info = {
      data: Buffer.from(account.data),
      executable: false,
      lamports: Number(account.lamports),
      owner: this.tokenProgram,
    }
    this.#mint = unpackMint(this.address, info, this.tokenProgram)
    this.#epoch = epoch
  }

  /** Whether transfers run a third program, whose accounts only that program knows. */
  get hasTransferHook(): boolean {
    const hook = getTransferHook(this.#mint)
    return hook !== null && !hook.programId.equals(PublicKey.default)
  }

  /** What a transfer of `units` keeps back. */
  feeOf(units: bigint): bigint {
    const config = getTransferFeeConfig(this.#mint)
    return config === null ? 0n : calculateFee(getEpochFee(config, this.#epoch), units)
  }

  /** What must be sent for `units` to arrive. Source: spl-token-2022, `calculate_pre_fee_amount`. */
  sentFor(units: bigint): bigint {
    const config = getTransferFeeConfig(this.#mint)
    if (config === null || units === 0n) return units
    const { transferFeeBasisPoints, maximumFee } = getEpochFee(config, this.#epoch)
    const rate = BigInt(transferFeeBasisPoints)
    if (rate === 0n) return units
    if (rate === BPS) return units + maximumFee
    const sent = (units * BPS + (BPS - rate) - 1n) / (BPS - rate)
    return sent - units >= maximumFee ? units + maximumFee : sent
  }
}
