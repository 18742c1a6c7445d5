import type { Ledger } from '../ledger/ledger.ts'
import type { BankView } from '../ledger/ledger-state.ts'
import type { Commitment } from '../ledger/slots.ts'
import { type Config, commitmentOf, optionalNumber } from './params.ts'
import { RpcError } from './rpc-error.ts'

/** The node that is answering, as `getVersion` and every context give it. */
export const API_VERSION = '3.0.11'

/** What the methods work on. */
export interface RpcContext {
  readonly ledger: Ledger
  readonly genesisHash: string
  /** Sends lamports from the faucet; answers the signature. */
  airdrop(to: string, lamports: bigint): string
}

export type Method = (context: RpcContext, params: readonly unknown[]) => unknown

/** The chain for the commitment the caller asks for. Throws -32016 when it has not reached `minContextSlot`. */
export function bankFor(context: RpcContext, config: Config, standard: Commitment = 'finalized'): BankView {
  const view = context.ledger.view(commitmentOf(config, 'commitment', standard))
  assertMinContextSlot(view.slot, config)
  return view
}

export function assertMinContextSlot(slot: number, config: Config): void {
  const min = optionalNumber(config, 'minContextSlot')
  if (min === undefined || slot >= min) return
  throw new RpcError('minContextSlot', 'Minimum context slot has not been reached', { contextSlot: slot })
}

export function withContext<T>(slot: number, value: T): { context: { apiVersion: string; slot: number }; value: T } {
  return { context: { apiVersion: API_VERSION, slot }, value }
}
