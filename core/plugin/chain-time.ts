import type { ChainAccount } from './services.ts'

/** The account in which a cluster keeps its time. */
export const CLOCK_ADDRESS = 'SysvarC1ock11111111111111111111111111111111'

/** Time as programs see it. */
export interface ChainTime {
  readonly slot: bigint
  readonly epoch: bigint
  /** Seconds since the Unix epoch. */
  readonly unix_s: bigint
}

/**
 * Reads the clock sysvar: slot, epoch start, epoch, leader schedule epoch, unix time, eight bytes each.
 * For venues whose SDK would ask this machine's clock, or what another cluster once said.
 *
 * @throws RangeError when the account is missing or too short.
 */
export function readChainTime(account: ChainAccount | undefined): ChainTime {
  if (account === undefined) throw new RangeError('the cluster has no clock account')
  const view = new DataView(account.data.buffer, account.data.byteOffset, account.data.byteLength)
  return { slot: view.getBigUint64(0, true), epoch: view.getBigUint64(16, true), unix_s: view.getBigInt64(32, true) }
}
