import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { findCluster } from './cluster-choice.ts'
import { openEmbeddedChain } from './embedded-chain.ts'

it('a request of a plugin reaches the address it names, and the embedded chain only when that is the address', async () => {
  const heard: string[] = []
  const server = createServer((request, response) => {
    heard.push(request.url ?? '')
    response.writeHead(503).end('closed')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const chain = await openEmbeddedChain(await findCluster('localnet'), {
    directory: { path: undefined, release: () => undefined },
    seed: '1',
    marketFile: undefined,
    speed: 'max',
    fund: [],
    onNotice: () => undefined,
  })
  onTestFinished(async () => {
    await chain.close()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const answers = await chain.drive(
    Promise.all(
      [`${url}/hook`, `${url}/swap/v1/quote`, new Request(`${url}/again`, { method: 'POST', body: '{}' })].map(to =>
        chain.http(to, to instanceof Request ? undefined : { method: 'POST', body: '{}' }),
      ),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503])
  expect(heard.toSorted()).toEqual(['/again', '/hook', '/swap/v1/quote'])
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getHealth' })
  const own = await chain.drive(chain.http(chain.rpcUrls[0]!, { method: 'POST', body }))
  expect(await own.json()).toMatchObject({ result: 'ok' })
  expect(heard).toHaveLength(3)
})
