/**
 * What a stop costs in time: one of a thousand armed orders that fires, from the price to the first send, step by step;
 * and a thousand on one price, to the last first send. Both beside a bare script that does the same without journal,
 * guard and order book. Held against the targets is what our thread computes, by its CPU clock: not the server, which is
 * an RPC's in real life, nor the disk's sync.
 *
 * `npm run bench:orders [-- runs [orders]]`. Exits 1 when a target is missed.
 */
import { loadavg } from 'node:os'
import { alone } from './alone.ts'
import { atOnce } from './at-once.ts'

const [runs = 300, orders = 1_000] = process.argv.slice(2).map(Number)

for (const part of [() => alone(runs), () => atOnce(orders)]) {
  const { lines, met } = await part()
  process.stdout.write(
    `${lines.join('\n')}\n  ${met ? 'reached' : 'MISSED'}; load average ${loadavg()[0]!.toFixed(1)}\n`,
  )
  if (!met) process.exitCode = 1
}
