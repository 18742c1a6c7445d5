import { ForgeError } from '../../errors/forge-error.ts'
import type { Report } from '../../events/report.ts'
import type { Amount } from '../../money/amount.ts'
import type { TokenDirectory } from '../../money/token.ts'
import type { Journal, KeyScope } from '../../orders/journal.ts'
import { asGiven } from '../../orders/wholes.ts'
import { OrderRequests, orderDesk } from '../../plugin/order-desk.ts'
import type { ClusterInfo, ServiceName, Services } from '../../plugin/services.ts'
import { MemoryJournal } from '../../store/memory-journal.ts'
import type { Clock } from '../../time/clock.ts'
import { type HttpCall, type HttpMock, mockHttp } from './mock-http.ts'
import { mockRoutes } from './mock-routes.ts'
import { type MockTrader, mockTrader, type TradeOutcome } from './mock-trader.ts'
import { MockWallet } from './mock-wallet.ts'
import type { PriceOf } from './price-of.ts'
import { testTokens } from './test-tokens.ts'

const TEST_SCOPE: KeyScope = {
  genesisHash: 'TestGenesis11111111111111111111111111111111',
  wallet: 'TestWa11et1111111111111111111111111111111111',
  deploymentId: 'test',
}

export interface MockServicesOptions {
  readonly clock: Clock
  readonly tokens?: TokenDirectory
  /** Prices at which orders fill. */
  readonly priceOf?: PriceOf
  readonly tradeDelay_ms?: number
  readonly tradeOutcomes?: readonly TradeOutcome[]
  readonly tradeProgress?: boolean
  /** What the wallet holds, for orders that are a share of it; what is traded changes it. */
  readonly wallet?: readonly Amount[]
  /** The orders of an earlier run, for tests of restarts. */
  readonly journal?: Journal
  readonly http?: readonly HttpMock[]
  readonly cluster?: Partial<ClusterInfo>
  /** Services to use instead of the mocked ones. */
  readonly replace?: Partial<Services>
}

/** Every service, mocked, and what was done with them. */
export interface MockServices {
  /** The services of one node: `orders` are its own. */
  for(nodeId: string): Services
  readonly trader: MockTrader
  /** Every order, with its story. */
  readonly journal: Journal
  /** What people ask of orders that wait: `requests.send(node, …)`. */
  readonly requests: OrderRequests
  readonly httpCalls: readonly HttpCall[]
  /** Lines written for people. */
  readonly output: readonly string[]
  /** Reports that were recorded in history. */
  readonly history: readonly Report[]
}

/** Services without a network: what a test does not mock fails when it is used, and says so. */
export function mockServices(options: MockServicesOptions): MockServices {
  const { clock } = options
  const tokens = options.tokens ?? testTokens()
  const http = mockHttp(options.http ?? [], clock)
  const output: string[] = []
  const history: Report[] = []
  const priceOf: PriceOf = options.priceOf ?? (() => undefined)
  const routes = mockRoutes(priceOf, clock)
  const journal = options.journal ?? new MemoryJournal(TEST_SCOPE)
  const requests = new OrderRequests()
  const wallet = options.wallet && new MockWallet(options.wallet)
  const trader = mockTrader({
    clock,
    priceOf,
    journal,
    ...(wallet && { wallet }),
    ...(options.tradeDelay_ms === undefined ? {} : { delay_ms: options.tradeDelay_ms }),
    ...(options.tradeOutcomes === undefined ? {} : { outcomes: options.tradeOutcomes }),
    ...(options.tradeProgress === undefined ? {} : { progress: options.tradeProgress }),
  })
  const cluster: ClusterInfo = {
    name: tokens.cluster,
    genesisHash: TEST_SCOPE.genesisHash,
    rpcUrl: 'http://rpc.test',
    jupiterUrl: 'http://jupiter.test/swap/v1',
    wallet: TEST_SCOPE.wallet,
    explorerLink: () => undefined,
    ...options.cluster,
  }
  return {
    trader,
    journal,
    requests,
    output,
    history,
    httpCalls: http.calls,
    for: nodeId => {
      const services: Partial<Services> = {
        tokens,
        trader,
        cluster,
        routes,
        http,
        orders: { list: () => asGiven(journal.orders({ node: nodeId })) },
        desk: orderDesk({
          journal,
          clock,
          identity: { plugin: 'an order plugin', version: 'test', holder: nodeId },
          // Mocked state keeps what is set as it is set.
          save: () => undefined,
          requests,
        }),
        ...(wallet && { holdings: wallet }),
        output: { line: text => void output.push(text), status: () => undefined },
        history: { record: report => void history.push(report) },
        ...options.replace,
      }
      return failingWhenMissing(services, nodeId)
    },
  }
}

/** Services that a run may be without; and what `await` looks for on any object. */
const OPTIONAL: readonly string[] = ['accounts', 'venues', 'budgets', 'holdings', 'then']

function failingWhenMissing(services: Partial<Services>, nodeId: string): Services {
  return new Proxy(services, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || OPTIONAL.includes(name) || name in target)
        return Reflect.get(target, name, receiver)
      throw new ForgeError('TEST_MOCK_MISSING', {
        message: `${nodeId} uses the service "${name}", which this test does not mock`,
        remedy: `Hand it in: \`replace: { ${name}: … }\`.`,
        context: { service: name as ServiceName },
      })
    },
  }) as Services
}
