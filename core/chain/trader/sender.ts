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
      /** @throws MAINNET_CLOSED; asked before anything is journalled. */
      assertOpen(): void
      /** Sends the bytes once. @throws whatever the endpoint says; the bytes may have arrived all the same. */
      send(wire: Uint8Array, how: SendHow): Promise<void>
    }
  | { readonly kind: 'dry-run' }

/**
 * Sends to the endpoint, or to the block engine what was signed for it: never the one in place of the other.
 * `genesisHash` is what the endpoint itself answered: no profile opens mainnet-beta.
 */
export function liveSender(rpc: Pick<Rpc, 'send'>, genesisHash: string, engine?: BlockEngine): Sender {
  const assertOpen = (): void => {
    if (genesisHash !== PUBLIC_NETWORKS['mainnet-beta']) return
    throw new ForgeError('MAINNET_CLOSED', { message: 'this version sends nothing on mainnet-beta' })
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

/** Builds and simulates, and sends nothing. */
export const DRY_RUN: Sender = { kind: 'dry-run' }
