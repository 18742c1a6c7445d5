import type { GenesisFund } from '../../localnet/genesis.ts'
import { chainStart_ms, createLocalnet, type Localnet } from '../../localnet/localnet.ts'
import { createVirtualClock, type VirtualClock } from '../../time/virtual-clock.ts'

export interface LocalnetChoice {
  readonly seed: string
  readonly marketFile: string | undefined
  /** Where the chain is kept; undefined: nowhere. */
  readonly chainDirectory: string | undefined
  /** Folders of accounts and programs that belong to the genesis. */
  readonly load: readonly string[]
  readonly fund: readonly GenesisFund[]
  readonly fundBeside?: readonly GenesisFund[]
  readonly onNotice: (text: string) => void
}

/** The embedded Solana with a virtual clock of its own, which starts where its market does, or where it was left. */
export async function openLocalnet(
  choice: LocalnetChoice,
): Promise<{ readonly chain: Localnet; readonly clock: VirtualClock }> {
  const { marketFile, chainDirectory, ...rest } = choice
  const options = {
    ...rest,
    ...(marketFile === undefined ? {} : { marketFile }),
    ...(chainDirectory === undefined ? {} : { dataDir: chainDirectory }),
  }
  const clock = createVirtualClock({ start_ms: await chainStart_ms(options) })
  return { clock, chain: await createLocalnet({ ...options, clock }) }
}
