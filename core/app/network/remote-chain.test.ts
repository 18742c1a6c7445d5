import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { findCluster } from './cluster-choice.ts'
import { openRemoteChain } from './remote-chain.ts'

it('an endpoint of a public network can not move our time, whatever it answers', async () => {
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { now: 4_000_000_000_000 } }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const chain = await openRemoteChain(await findCluster('mainnet-beta', url), { speed: undefined })
  onTestFinished(async () => {
    await chain.close()
    server.closeAllConnections()
    server.close()
  })
  expect({ ownsTime: chain.ownsTime, clock: chain.clock.kind }).toEqual({ ownsTime: false, clock: 'real' })
})
