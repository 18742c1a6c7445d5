import { Subject } from 'rxjs'
import { Type } from 'typebox'
import Value from 'typebox/value'
import type { BoundNode, BoundPipeline } from '../../../core/config/bound-pipeline.ts'
import {
  definePlugin,
  type IntentEvent,
  type PriceEvent,
  parsePrice,
  type TokenDirectory,
} from '../../../core/index.ts'
import localnet from '../../../core/localnet/venue/plugin.ts'
import type { AnyPlugin } from '../../../core/plugin/contract.ts'
import stopLoss from '../../../plugins/order/stop-loss/index.ts'
import { boundNode } from '../../bound-node.ts'

/** A stop of a bench: sells so many lamports at or below the price. */
export interface Stop {
  readonly price: string
  readonly lamports: bigint
}

/** The pipeline of the bench, and its price, which is pushed by hand. */
export interface StopPipeline {
  readonly pipeline: BoundPipeline
  /** Prices go to the orders within this call. */
  push(price: string, at: number): void
}

/** Stops of one pair from a strategy, a price by hand, the orders, and the embedded market's pools behind them. */
export function stopPipeline(stops: readonly Stop[], tokens: TokenDirectory): StopPipeline {
  const prices = new Subject<PriceEvent>()
  const pair = { base: tokens.find('SOL'), quote: tokens.find('USDC') }
  const source = definePlugin({
    kind: 'source',
    name: 'pushed',
    api: 1,
    summary: 'Prices by hand.',
    config: Type.Object({}),
    takes: [],
    gives: ['price'],
    examples: [],
    setup: () => ({ events: prices }),
  })
  const wants = definePlugin({
    kind: 'strategy',
    name: 'stops',
    api: 1,
    summary: 'Wants every stop once.',
    config: Type.Object({}),
    takes: [],
    gives: ['intent'],
    examples: [],
    setup: ({ clock, id }) => {
      let next = 0
      return {
        pull: (): IntentEvent | undefined => {
          const index = next++
          const stop = stops[index]
          if (!stop) return undefined
          return {
            kind: 'intent',
            at: clock.now(),
            key: `stop ${index}`,
            node: id,
            input: pair.base,
            output: pair.quote,
            amount: { token: pair.base, units: stop.lamports },
            exact: 'in',
            terms: { trigger: stop.price },
            reason: 'a bench',
          }
        },
      }
    },
  })
  return {
    pipeline: {
      name: 'bench',
      summary: 'Stops.',
      file: 'bench',
      params: {},
      nodes: [
        node('wants', wants, [], {}),
        node('prices', source, [], {}),
        node('stop', stopLoss, ['wants', 'prices'], { staleAfter: '1h' }),
        node('swap', localnet, ['stop'], { slippageBps: 2_000, concurrency: stops.length }),
      ],
    },
    push: (price, at) => prices.next({ kind: 'price', at, price: parsePrice(price, pair), origin: 'bench' }),
  }
}

function node(id: string, plugin: AnyPlugin, from: readonly string[], config: object): BoundNode {
  return boundNode(id, plugin, from, Value.Default(plugin.config, config))
}
