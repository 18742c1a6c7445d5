import { Keypair } from '@solana/web3.js'
import { openLocalnet } from '../../../core/app/network/open-localnet.ts'
import { fundOf } from '../../../core/app/network/wallet-choice.ts'
import { LOCAL_TOKENS } from '../../../core/localnet/market/tokens.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'
import { bareBuyer } from './bare.ts'

const SEED = new Uint8Array(32).fill(9)
const DOLLAR = 1_000_000n
const MINUTE_MS = 60_000
const real = createRealClock()

/** So many purchases for a dollar, a minute of chain time apart, on a chain of their own; answers what each took. */
export async function bareRun(purchases: number): Promise<number[]> {
  const { chain, clock } = await openLocalnet({
    seed: '1',
    marketFile: undefined,
    chainDirectory: undefined,
    load: [],
    fund: [fundOf(Keypair.fromSeed(SEED).publicKey.toBase58())],
    onNotice: () => undefined,
  })
  const buy = bareBuyer(chain, clock, SEED)
  const latencies_ms: number[] = []
  const work = async (): Promise<void> => {
    const start = clock.now()
    for (let slot = 0; slot < purchases; slot++) {
      await clock.sleep(start + slot * MINUTE_MS - clock.now())
      const from_ms = real.wall_ms()
      await buy(LOCAL_TOKENS.USDC.mint, LOCAL_TOKENS.SOL.mint, DOLLAR)
      latencies_ms.push(real.wall_ms() - from_ms)
    }
  }
  await clock.run(work())
  await chain.close()
  return latencies_ms
}
