import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Ledger } from '../../../core/localnet/ledger/ledger.ts'
import { parseWire, type WireTransaction } from '../../../core/localnet/ledger/message/wire.ts'
import type { Clock } from '../../../core/time/clock.ts'
import { decodedTransfers } from './transfers.ts'

/** What the engine does with a request instead of answering it properly. */
type EngineFault = 'down' | 'rate-limited' | 'lost-answer'

/** A server that speaks the block engine's protocol in front of an embedded chain. */
export interface BlockEngineServer {
  readonly url: string
  readonly tipFloorUrl: string
  /** Bundles that were taken, each as signatures. */
  readonly taken: readonly (readonly string[])[]
  /** Times of requests on the chain's clock. */
  readonly requests_ms: readonly number[]
  /** How often it said "too many" because requests came faster than one a second. */
  readonly tooFast: number
  /** For the next requests, in order. */
  readonly faults: EngineFault[]
  /** Landed tips in SOL by percentile, as the tip floor tells them. */
  tips: Record<25 | 50 | 75 | 95 | 99, number>
  /** Tips below this many lamports are refused. */
  minTip_lamports: bigint
  close(): Promise<void>
}

class Refused extends Error {
  readonly status: number
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Requests of one address and region, a second. */
const EVERY_MS = 1_000

export async function blockEngineServer(
  ledger: Ledger,
  clock: Clock,
  tipAccounts: readonly string[],
): Promise<BlockEngineServer> {
  const taken: string[][] = []
  const requests_ms: number[] = []
  const faults: EngineFault[] = []
  const state = { tooFast: 0, minTip_lamports: 1_000n, tips: { 25: 1e-6, 50: 4e-6, 75: 1e-5, 95: 1e-3, 99: 1e-2 } }

  const limitRate = (): void => {
    const last = requests_ms.at(-1)
    requests_ms.push(clock.now())
    if (last === undefined || clock.now() - last >= EVERY_MS) return
    state.tooFast++
    throw new Refused(429, -32097, 'Network congested. Endpoint is globally rate limited.')
  }

  const take = (wires: readonly Uint8Array[]): string[] => {
    if (wires.length > 5) throw new Refused(400, -32602, 'bundles can contain at most 5 transactions')
    const transactions = wires.map(wire => parseWire(wire))
    for (const [index, transaction] of transactions.entries()) {
      const isMarked = transaction.message.staticKeys.some(key => key.startsWith('jitodontfront'))
      if (isMarked && index > 0) throw new Refused(400, -32602, `transaction #${index} must be the first of its bundle`)
    }
    const tip = wires
      .flatMap(decodedTransfers)
      .reduce((sum, { to, lamports }) => (tipAccounts.includes(to) ? sum + lamports : sum), 0n)
    if (tip === 0n)
      throw new Refused(400, -32602, 'Bundles must write lock at least one tip account to be eligible for the auction.')
    if (tip < state.minTip_lamports)
      throw new Refused(400, -32602, `a tip of ${tip} lamports is below the minimum of ${state.minTip_lamports}`)
    const signatures = transactions.map(transaction => transaction.signatures[0]!)
    taken.push(signatures)
    land(transactions)
    return signatures
  }

  /** All or nothing: what would fail on chain is never in a block, and nothing is said of it. */
  const land = (transactions: readonly WireTransaction[]): void => {
    const fails = transactions.some(
      transaction =>
        ledger.simulate(transaction, { verifySignatures: true, blockhash: { knownAt: ledger.slot() } }).err !== null,
    )
    if (!fails) for (const transaction of transactions) ledger.send(transaction, 'client')
  }

  const answer = (url: URL, request: { method: string; params: unknown[] }): unknown => {
    limitRate()
    if (url.pathname === '/api/v1/bundles' && request.method === 'getTipAccounts') return tipAccounts
    if (url.pathname === '/api/v1/bundles' && request.method === 'sendBundle') {
      return take((request.params[0] as string[]).map(text => Buffer.from(text, 'base64'))).join()
    }
    if (url.pathname === '/api/v1/transactions' && request.method === 'sendTransaction') {
      if (url.searchParams.get('bundleOnly') !== 'true') throw new Error('sent to the engine without bundleOnly')
      return take([Buffer.from(request.params[0] as string, 'base64')])[0]
    }
    throw new Refused(400, -32601, `Method not found: ${request.method} at ${url.pathname}`)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://engine')
    if (url.pathname === '/tip_floor') {
      const tips = Object.entries(state.tips).map(([percentile, sol]) => [
        `landed_tips_${percentile}th_percentile`,
        sol,
      ])
      response.end(JSON.stringify([{ time: '2024-01-01T00:00:00Z', ...Object.fromEntries(tips) }]))
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { id: number; method: string; params: unknown[] }
    const fault = body.method === 'getTipAccounts' ? undefined : faults.shift()
    if (fault === 'down') {
      request.socket.destroy()
      return
    }
    const reply = (status: number, content: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id: body.id, ...content }))
    }
    try {
      if (fault === 'rate-limited')
        throw new Refused(429, -32097, 'Network congested. Endpoint is globally rate limited.')
      const result = answer(url, body)
      if (fault === 'lost-answer') request.socket.destroy()
      else reply(200, { result })
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown
      reply(thrown.status, { error: { code: thrown.code, message: thrown.message } })
    }
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    tipFloorUrl: `${url}/tip_floor`,
    taken,
    requests_ms,
    faults,
    get tooFast() {
      return state.tooFast
    },
    get tips() {
      return state.tips
    },
    set tips(tips) {
      state.tips = tips
    },
    get minTip_lamports() {
      return state.minTip_lamports
    },
    set minTip_lamports(lamports) {
      state.minTip_lamports = lamports
    },
    close: () =>
      new Promise<void>(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
