import { describe, expect, it } from 'vitest'
import { PUBLIC_NETWORKS } from '../cluster/networks.ts'
import { liveSender } from './sender.ts'

describe('sending', () => {
  it('is closed on mainnet-beta, whatever the profile is called', async () => {
    let sent = 0
    const rpc = { send: async () => String(++sent) }
    const sender = liveSender(rpc, PUBLIC_NETWORKS['mainnet-beta'])
    if (sender.kind !== 'live') throw new Error('not live')
    expect(() => sender.assertOpen()).toThrow(expect.objectContaining({ code: 'MAINNET_CLOSED' }))
    await expect(sender.send(new Uint8Array())).rejects.toMatchObject({ code: 'MAINNET_CLOSED' })
    expect(sent).toBe(0)
  })

  it('is open elsewhere', async () => {
    let sent = 0
    const sender = liveSender({ send: async () => String(++sent) }, PUBLIC_NETWORKS.devnet)
    if (sender.kind !== 'live') throw new Error('not live')
    await sender.send(new Uint8Array())
    expect(sent).toBe(1)
  })
})
