import { describe, expect, it } from 'vitest'
import { PUBLIC_NETWORKS } from '../cluster/networks.ts'
import type { BlockEngine } from '../mev/block-engine.ts'
import { liveSender } from './sender.ts'

const ENGINE: BlockEngine = {
  url: 'http://engine.test',
  tipAccounts: async () => [],
  tipFloor: async () => 0n,
  send: async () => undefined,
  sendBundle: async () => '',
}

const { signal } = new AbortController()
const PUBLIC = { channel: 'public', signal } as const
const PRIVATE = { channel: 'jito', signal } as const

describe('sending', () => {
  it('wants a yes on mainnet-beta, whatever the profile is called', async () => {
    let sent = 0
    const rpc = { send: async () => String(++sent) }
    const sender = liveSender(rpc, PUBLIC_NETWORKS['mainnet-beta'])
    if (sender.kind !== 'live') throw new Error('not live')
    expect(() => sender.assertOpen()).toThrow(expect.objectContaining({ code: 'MAINNET_UNCONFIRMED' }))
    await expect(sender.send(new Uint8Array(), PUBLIC)).rejects.toMatchObject({ code: 'MAINNET_UNCONFIRMED' })
    expect(sent).toBe(0)
    const confirmed = liveSender(rpc, PUBLIC_NETWORKS['mainnet-beta'], { isRealMoneyConfirmed: true })
    if (confirmed.kind !== 'live') throw new Error('not live')
    await confirmed.send(new Uint8Array(), PUBLIC)
    expect(sent).toBe(1)
  })

  it('is open elsewhere', async () => {
    let sent = 0
    const sender = liveSender({ send: async () => String(++sent) }, PUBLIC_NETWORKS.devnet)
    if (sender.kind !== 'live') throw new Error('not live')
    await sender.send(new Uint8Array(), PUBLIC)
    expect(sent).toBe(1)
  })

  it('takes what was signed for the block engine there alone', async () => {
    const [publicly, privately]: [number[], number[]] = [[], []]
    const rpc = { send: async (wire: Uint8Array) => String(publicly.push(wire[0]!)) }
    const engine = { ...ENGINE, send: async (wire: Uint8Array) => void privately.push(wire[0]!) }
    const sender = liveSender(rpc, PUBLIC_NETWORKS.devnet, { engine })
    if (sender.kind !== 'live') throw new Error('not live')
    await sender.send(Uint8Array.of(1), PRIVATE)
    await sender.send(Uint8Array.of(2), PUBLIC)
    expect([publicly, privately]).toEqual([[2], [1]])
  })

  it('sends what was signed for a block engine nowhere when the cluster has none any more', async () => {
    let sent = 0
    const sender = liveSender({ send: async () => String(++sent) }, PUBLIC_NETWORKS.devnet)
    if (sender.kind !== 'live') throw new Error('not live')
    await expect(sender.send(Uint8Array.of(1), PRIVATE)).rejects.toMatchObject({ code: 'RELAY_MISSING' })
    expect(sent).toBe(0)
  })
})
