import { parseArgs } from 'node:util'
import { createRealClock } from '../../core/time/real-clock.ts'
import { PLANTED_BUGS } from './planted-bugs.ts'
import { runSeeds, type SeedResult } from './run-seeds.ts'
import { shrink } from './shrink.ts'
import { type SeedRun, simulateSeed } from './simulate-seed.ts'

const USAGE = 'npm run simulate -- [--seeds N] [--from K] [--bug NAME] [--only "FAULT, FAULT"] [--story]'
const STORY_MAX_LINES = 120
const PROGRESS_EVERY_MS = 5_000

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    bug: { type: 'string' },
    only: { type: 'string' },
    story: { type: 'boolean', default: false },
  },
})
const [seeds, from] = [Number(values.seeds), Number(values.from)]
const { bug, only } = values
if (
  !Number.isSafeInteger(seeds) ||
  !Number.isSafeInteger(from) ||
  seeds < 1 ||
  (bug !== undefined && !PLANTED_BUGS[bug])
) {
  print(`${USAGE}\nPlanted bugs: ${Object.keys(PLANTED_BUGS).join('; ')}`)
  process.exitCode = 2
} else if (only !== undefined || values.story) await replay()
else await simulate()

/** One seed, told at length. */
async function replay(): Promise<void> {
  const run = await simulateSeed(String(from), {
    ...(only !== undefined && { only: new Set(only.split(',').map(fault => fault.trim())) }),
    ...(bug !== undefined && { alter: PLANTED_BUGS[bug]! }),
  })
  print(run.story.join('\n'))
  print(summary(run))
  if (run.violations.length > 0) process.exitCode = 1
}

async function simulate(): Promise<void> {
  const clock = createRealClock()
  const started_ms = clock.wall_ms()
  let [done, bought, processes, faults, told_ms] = [0, 0, 0, 0, started_ms]
  const failed: SeedResult[] = []
  const rate = (): string => `${((done * 1_000) / (clock.wall_ms() - started_ms)).toFixed(1)} seeds/s`
  await runSeeds({ from, seeds, ...(bug !== undefined && { bug }) }, result => {
    done++
    bought += result.bought
    processes += result.processes
    faults += result.faults.length
    if (result.violations.length > 0) {
      failed.push(result)
      print(summary(result))
    }
    if (seeds === 1) print(`trace ${result.hash}`)
    if (clock.wall_ms() - told_ms < PROGRESS_EVERY_MS) return
    told_ms = clock.wall_ms()
    print(`${done} of ${seeds}, ${rate()}`)
  })
  print(
    `${done} seeds, ${rate()}: ${bought} purchases, ${processes} processes, ${faults} faults; ${failed.length} failed`,
  )
  const first = failed[0]
  if (!first) return
  process.exitCode = 1
  print(`\nThe shortest story of seed ${first.seed}:`)
  const alter = bug === undefined ? undefined : PLANTED_BUGS[bug]
  const short = await shrink({ ...first, story: first.story ?? [] }, alter)
  print(short.story.slice(-STORY_MAX_LINES).join('\n'))
  print(`\n${replayCommand(short.seed, short.faults)}`)
}

function summary(result: Pick<SeedRun, 'seed' | 'hash' | 'violations' | 'faults'>): string {
  const lines = [`seed ${result.seed}: trace ${result.hash}, ${result.faults.length} faults`]
  for (const violation of result.violations) lines.push(`  ${violation}`)
  if (result.violations.length > 0) lines.push(`  ${replayCommand(result.seed)}`)
  return lines.join('\n')
}

function replayCommand(seed: string, faults?: readonly string[]): string {
  const planted = bug === undefined ? '' : ` --bug ${JSON.stringify(bug)}`
  const kept = faults ? ` --only ${JSON.stringify(faults.join(', '))}` : ''
  return `Replay: npm run simulate -- --seeds 1 --from ${seed} --story${planted}${kept}`
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
