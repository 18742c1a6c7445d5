import { ForgeError } from '../../errors/forge-error.ts'
import { PUBLIC_NETWORKS } from '../cluster/networks.ts'
import type { Rpc } from '../rpc/rpc.ts'

/** What happens with a transaction that is ready. Live and dry run differ in this alone. */
export type Sender =
  | {
      readonly kind: 'live'
      /** @throws MAINNET_CLOSED; asked before anything is journalled. */
      assertOpen(): void
      /** Sends the bytes once. @throws whatever the endpoint says; the bytes may have arrived all the same. */
      send(wire: Uint8Array): Promise<void>
    }
  | { readonly kind: 'dry-run' }

/** Sends to the endpoint. `genesisHash` is what the endpoint itself answered: no profile opens mainnet-beta. */
export function liveSender(rpc: Pick<Rpc, 'send'>, genesisHash: string): Sender {
  const assertOpen = (): void => {
    if (genesisHash !== PUBLIC_NETWORKS['mainnet-beta']) return
    throw new ForgeError('MAINNET_CLOSED', { message: 'this version sends nothing on mainnet-beta' })
  }
  return {
    kind: 'live',
    assertOpen,
    send: async wire => {
      assertOpen()
      await rpc.send(wire)
    },
  }
}

/** Builds and simulates, and sends nothing. */
export const DRY_RUN: Sender = { kind: 'dry-run' }
