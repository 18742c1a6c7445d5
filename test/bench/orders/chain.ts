import { createLocalnet } from '../../../core/localnet/localnet.ts'
import { serve } from '../../../core/localnet/server/serve.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'

/**
 * The chain of a bench in a process of its own, at real time, so that its computing is not ours. It tells its address
 * when it is up, and ends with its parent.
 */
const wall = createRealClock()
const clock = createVirtualClock({ start_ms: wall.now() })
const [owner = ''] = process.argv.slice(2)
const fund = { owner, lamports: 10n ** 13n, tokens: [{ symbol: 'USDC', units: 10n ** 12n }] }
const localnet = await createLocalnet({ clock, seed: '1', fund: [fund] })
const server = await serve(localnet, { port: 0, wall })
process.on('disconnect', () => {
  void server.close().then(() => localnet.close())
})
process.send?.({ rpcUrl: server.rpcUrl })
