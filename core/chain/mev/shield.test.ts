import { describe, expect, it } from 'vitest'
import type { Protection } from '../../plugin/landing.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import type { BlockEngine } from './block-engine.ts'
import { BundleLeaders } from './leaders.ts'
import { Shield } from './shield.ts'

const PROTECTION: Protection = {
  mode: 'on',
  maxTip_lamports: 10_000n,
  tipPercentile: 75,
  quoteAgeMax_slots: 10,
  dontFront: true,
  sendWhen: 'now',
}
const { signal } = new AbortController()

function engine(floor: bigint): BlockEngine {
  return {
    url: 'http://engine.test',
    tipAccounts: async () => ['T1', 'T2'],
    tipFloor: async () => floor,
    send: async () => undefined,
    sendBundle: async () => '',
  }
}

describe('a tip', () => {
  it.each([
    [1n, 1_000n, /the least is 1000/],
    [1_000n, 1_000n, /^p75 of landed tips is 1000 lamports$/],
    [9_999n, 9_999n, /is 9999 lamports$/],
    [10_001n, 10_000n, /capped at 10000$/],
  ])('of a floor of %i is %i', async (floor, paid, source) => {
    const tip = await new Shield('x', engine(floor)).tip(PROTECTION, signal)
    expect(tip).toEqual({ lamports: paid, accounts: ['T1', 'T2'], source: expect.stringMatching(source) })
  })

  it('is paid neither without protection nor without a block engine', async () => {
    expect(await new Shield('x', engine(5n)).tip({ ...PROTECTION, mode: 'off' }, signal)).toBeUndefined()
    expect(await new Shield('x', engine(5n)).tip(undefined, signal)).toBeUndefined()
    expect(await new Shield('x', undefined).tip(PROTECTION, signal)).toBeUndefined()
  })
})

describe('what a fill says of its protection', () => {
  it('is nothing when none was wanted', () => {
    const shield = new Shield('x', engine(5n))
    expect([shield.describe(undefined, undefined), shield.describe({ ...PROTECTION, mode: 'off' }, undefined)]).toEqual(
      [[], []],
    )
  })

  it('is that there is no block engine, where there is none', () => {
    const shield = new Shield('devnet', undefined)
    expect(shield.channelOf(PROTECTION)).toBe('public')
    expect(shield.describe(PROTECTION, undefined)[0]).toMatch(/not available on devnet: public sending/)
  })

  it('tells of the leader only when that was asked for, and not more than it knows', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const rpc = { slot: async () => 1, slotLeaders: async () => ['X'] }
    const shield = new Shield('x', engine(5n), new BundleLeaders(rpc, clock, []))
    expect(shield.channelOf(PROTECTION)).toBe('jito')
    expect(await shield.leaderNear(PROTECTION, signal)).toBeUndefined()
    const waits = { ...PROTECTION, sendWhen: 'jito-leader-near' } as const
    expect(await shield.leaderNear(waits, signal)).toMatch(/^next Jito leader: not known/)
    expect(await new Shield('x', undefined).leaderNear(waits, signal)).toBeUndefined()
  })
})
