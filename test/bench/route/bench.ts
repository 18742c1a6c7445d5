/**
 * What a route costs in time, on an embedded chain with the real programs of Orca and Raydium: the decision to the
 * first send step by step, a hundred trades at once over three venues beside a bare script that makes the same calls,
 * and the decision to the confirmed receipt in real time with late answers.
 *
 * `SNIPERFORGE_PROGRAMS=DIR npm run bench:route [-- runs]`. Exits 1 when a target is missed, 2 without the programs.
 */
import { loadavg } from 'node:os'
import { hasProgram } from '../../contract/venues/chain/programs.ts'
import { PROGRAMS } from '../../contract/venues/chain/real-market.ts'
import { atOnce } from './at-once.ts'
import { firstSend } from './first-send.ts'
import { toConfirmed } from './to-confirmed.ts'

const [runs = 300] = process.argv.slice(2).map(Number)
const AT_ONCE = 100
const ROUNDS = 5
const CONFIRMED = 100

if (PROGRAMS.every(hasProgram)) {
  process.exitCode = 0
  for (const part of [() => firstSend(runs), () => atOnce(AT_ONCE, ROUNDS), () => toConfirmed(CONFIRMED)]) {
    const { lines, met } = await part()
    process.stdout.write(
      `${lines.join('\n')}\n  ${met ? 'reached' : 'MISSED'}; load average ${loadavg()[0]!.toFixed(1)}\n`,
    )
    if (!met) process.exitCode = 1
  }
} else process.exitCode = 2
