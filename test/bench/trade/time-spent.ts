import { Session } from 'node:inspector/promises'

/** Where the processor's time went: an area of the code, and its share of the whole. */
export interface AreaShare {
  readonly area: string
  readonly share: number
}

/** Runs something under the sampling profiler; answers its self time by area, the largest first. */
export async function timeSpent(work: () => Promise<unknown>): Promise<AreaShare[]> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 500 })
  await session.post('Profiler.start')
  await work()
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  const nodes = new Map(profile.nodes.map(node => [node.id, node.callFrame]))
  const spent = new Map<string, number>()
  let total = 0
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const took = profile.timeDeltas?.[index] ?? 0
    const frame = nodes.get(id)
    const area = areaOf(frame?.url ?? '', frame?.functionName ?? '')
    if (area === '(idle)') continue
    total += took
    spent.set(area, (spent.get(area) ?? 0) + took)
  }
  return [...spent].map(([area, took]) => ({ area, share: took / total })).sort((a, b) => b.share - a.share)
}

function areaOf(url: string, name: string): string {
  if (url === '') return name.startsWith('(') ? name : `native ${name}`
  if (url.startsWith('node:')) return 'node'
  const ours = /\/((?:core|plugins)\/[^/]+(?:\/[^/]+)?)\/[^/]*$/.exec(url)?.[1]
  if (ours !== undefined && !url.includes('/node_modules/')) return ours
  return /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url)?.[1] ?? 'the bench itself'
}
