import { ForgeError } from '../../errors/forge-error.ts'
import type { Channel } from '../../orders/journal.ts'
import { PUBLIC_NETWORKS } from '../cluster/networks.ts'
import type { BlockEngine } from '../mev/block-engine.ts'
import type { Rpc } from '../rpc/rpc.ts'

/** By which way bytes go, and until when that is worth waiting for. */
export interface SendHow {
  readonly channel: Channel
  readonly signal: AbortSignal
}

/** What happens with a transaction that is ready. Live and dry run differ in this alone. */
export type Sender =
  | {
      readonly kind: 'live'
      /** @throws MAINNET_UNCONFIRMED; asked before anything is journalled. */
      assertOpen(): void
      /** Sends the bytes once. @throws whatever the endpoint says; the bytes may have arrived all the same. */
      send(wire: Uint8Array, how: SendHow): Promise<void>
    }
  | { readonly kind: 'dry-run' }

/**
 * Sends to the endpoint, or to the block engine what was signed for it: never the one in place of the other.
 * `genesisHash` is what the endpoint itself answered: whatever a profile is called, real money needs a person's yes.
 */
export function liveSender(
  rpc: Pick<Rpc, 'send'>,
  genesisHash: string,
  { engine, isRealMoneyConfirmed = false }: { engine?: BlockEngine | undefined; isRealMoneyConfirmed?: boolean } = {},
): Sender {
  const assertOpen = (): void => {
    if (isRealMoneyConfirmed || !isRealMoney(genesisHash)) return
    throw new ForgeError('MAINNET_UNCONFIRMED', { message: 'nobody confirmed that real money is to be traded' })
  }
  return {
    kind: 'live',
    assertOpen,
    send: async (wire, { channel, signal }) => {
      assertOpen()
      if (channel === 'public') {
        await rpc.send(wire)
        return
      }
      if (!engine) {
        const message = 'a transaction was signed for a private relay, and this cluster names none'
        throw new ForgeError('RELAY_MISSING', { message })
      }
      await engine.send(wire, signal)
    },
  }
}

/** Whether the chain with that genesis hash is the one where tokens are worth something. */
export function isRealMoney(genesisHash: string): boolean {
  return genesisHash === PUBLIC_NETWORKS['mainnet-beta']
}

/** Builds and simulates, and sends nothing. */
export const DRY_RUN: Sender = { kind: 'dry-run' }
