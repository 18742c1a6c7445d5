import { join } from 'node:path'
import { Connection } from '@solana/web3.js'
import { openLocalnet } from '../../core/app/network/open-localnet.ts'
import { fundOf } from '../../core/app/network/wallet-choice.ts'
import { type WalletOnChain, walletOnChain } from './wallet-on-chain.ts'

/** Longer than it takes the last slot to be final. */
const SETTLE_MS = 60_000

/**
 * What the chain kept in a data directory says of a wallet that was funded at its genesis, once all of it is final.
 *
 * @param shown another wallet to look at
 * @param marketFile what its market follows, when it is not the seeded walk
 */
export async function walletInKeptChain(
  dataDir: string,
  wallet: string,
  shown = wallet,
  marketFile?: string,
): Promise<WalletOnChain> {
  const { chain, clock } = await openLocalnet({
    seed: '1',
    marketFile,
    chainDirectory: join(dataDir, 'chain'),
    load: [],
    fund: [fundOf(wallet)],
    onNotice: () => undefined,
  })
  try {
    await clock.advanceTo(clock.now() + SETTLE_MS)
    const connection = new Connection(chain.rpcUrl, { fetch: chain.fetch as never, commitment: 'confirmed' })
    return await clock.run(walletOnChain(connection, shown))
  } finally {
    await chain.close()
  }
}
