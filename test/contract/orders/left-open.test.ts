import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { IntentEvent } from '../../../core/events/event.ts'
import { openStore } from '../../../core/store/store.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'
import { runInProcess } from '../trading/run-in-process.ts'

/** Orders that a process took and did not live to sign anything for. */

const folder = mkdtempSync(join(tmpdir(), 'left-open-'))
afterAll(() => rmSync(folder, { recursive: true }))

const EVERY = `pipeline: watch
summary: The same again and again.
nodes:
  ask:  {strategy: single, with: {spend: 10 USDC, into: SOL, every: 1m}}
  swap: {execution: jupiter, from: ask}
  seen: {sink: console, from: swap}
`

it('what is asked for again and again goes on with it; a sale of a panic, which nothing asks for again, ends and says so', async () => {
  const run = { pipeline: EVERY, data: 'watch' }
  const first = await runInProcess(folder, run, (text, { drain }) => text.includes('  filled  ') && drain())
  const dataDir = join(folder, run.data)
  const taken = takenAtDeath(dataDir, ['ask', 'panic'])

  const lines: string[] = []
  let filled = 0
  const second = await runInProcess(folder, run, (text, { drain }) => {
    lines.push(text)
    if (text.includes('  filled  ') && ++filled === 2) drain()
  })
  expect(second.left).toEqual([])
  const stateOf = (id: string) => second.orders.find(order => order.id === id)
  expect(stateOf(taken.ask!)).toMatchObject({ state: 'filled' })
  expect(stateOf(taken.panic!)).toMatchObject({ state: 'skipped', reason: { code: 'ORDER_ABANDONED' } })
  expect(lines).toContainEqual(`order ${taken.ask} (ask left): taken, and nothing sent yet: it is resumed`)
  expect(lines).toContainEqual(
    `order ${taken.panic} (panic left): taken, and nothing sent yet; nothing asks for it any more: it has ended`,
  )
  // It takes the place of the next one: the two are a minute apart, and no third was asked for beside them.
  expect(second.fills).toHaveLength(2)
  const times = second.fills.map(({ time }) => Date.parse(time))
  expect(times[1]! - times[0]!).toBeGreaterThan(50_000)
  expect(first.fills).toHaveLength(1)
})

/** Takes an order of each node, as a process does right before it dies; answers their ids. */
function takenAtDeath(dataDir: string, nodes: readonly string[]): Record<string, string> {
  const store = openStore({ dataDir, clock: createRealClock(), random: seededRandom('test') })
  try {
    const [{ deploymentId, order }] = store.orders() as [ReturnType<typeof store.orders>[0]]
    const journal = store.journalOf(deploymentId)
    const { key: _key, ...intent } = order.intent as IntentEvent
    return Object.fromEntries(
      nodes.map(node => [node, journal.take({ ...intent, node, key: 'left' }, order.updatedAt).order.id]),
    )
  } finally {
    store.close()
  }
}
