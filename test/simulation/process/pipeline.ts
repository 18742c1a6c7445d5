import { Type } from 'typebox'
import Value from 'typebox/value'
import type { BoundNode, BoundPipeline } from '../../../core/config/bound-pipeline.ts'
import { definePlugin, type ForgeEvent } from '../../../core/index.ts'
import type { AnyPlugin } from '../../../core/plugin/contract.ts'
import type { Random } from '../../../core/time/random.ts'
import jupiter from '../../../plugins/execution/jupiter/index.ts'
import bracket from '../../../plugins/order/bracket/index.ts'
import oco from '../../../plugins/order/oco/index.ts'
import stopLoss from '../../../plugins/order/stop-loss/index.ts'
import takeProfit from '../../../plugins/order/take-profit/index.ts'
import trailingStop from '../../../plugins/order/trailing-stop/index.ts'
import twap from '../../../plugins/order/twap/index.ts'
import history from '../../../plugins/sink/history/index.ts'
import poolPrice from '../../../plugins/source/pool-price/index.ts'
import dca from '../../../plugins/strategy/dca/index.ts'
import { boundNode } from '../../bound-node.ts'
import { type Ask, askFor, asks, WAITING_KINDS, type Waiting, type WaitingKind } from './asks.ts'
import { burst } from './burst.ts'
import { askOf, LINKED_EXPIRY, LINKED_KINDS, type Linked, type LinkedKind } from './linked.ts'

export const DCA_UNITS = 10_000_000n
const BURST_UNITS = 5_000_000n
const PART_UNITS = 2_000_000n
const SLOT_MS = 60_000

/** What one seed's pipeline wants. */
export interface Wishes {
  readonly slots: number
  readonly firstSlot_ms: number
  readonly interval_ms: number
  readonly catchUp: 'all' | 'skip'
  readonly intents: number
  readonly burstAt_ms: number
  readonly burstUnits: bigint
  /** Orders that wait for a price; without any, nobody watches prices. */
  readonly waiting: readonly Waiting[]
  /** Orders that several others are made of. */
  readonly linked: readonly Linked[]
  /** The most that the venue takes of a burst's purchase at once; absent: all of it, and of linked orders as well. */
  readonly partUnits?: bigint
}

/**
 * @param waiting orders that wait for a price
 * @param linked orders that several others are made of
 * @param inParts whether each purchase of the burst, and each linked order, takes several transactions
 */
export function wishesOf(
  random: Random,
  start_ms: number,
  more: Pick<Wishes, 'waiting' | 'linked'> & { readonly inParts: boolean },
): Wishes {
  return {
    slots: 3 + random.int(3),
    firstSlot_ms: start_ms + SLOT_MS,
    interval_ms: SLOT_MS,
    catchUp: random.int(3) === 0 ? 'skip' : 'all',
    intents: 2 + random.int(5),
    burstAt_ms: start_ms + 20_000 + random.int(120_000),
    burstUnits: BURST_UNITS,
    waiting: more.waiting,
    linked: more.linked,
    ...(more.inParts && { partUnits: PART_UNITS }),
  }
}

/**
 * DCA, a burst, orders that wait for a price and those made of several, into one execution, with the history and a sink
 * that hands over what it sees.
 */
export function pipelineOf(wishes: Wishes, onEvent: (event: ForgeEvent) => void): BoundPipeline {
  const waiting = orderNodes(wishes)
  const givers = ['plan', 'burst', ...waiting.filter(({ kind }) => kind === 'order').map(({ id }) => id)]
  return {
    name: 'simulation',
    summary: 'What the simulation runs.',
    file: 'simulation',
    params: {},
    nodes: [
      node('plan', dca, [], {
        token: 'SOL',
        amount: '10 USDC',
        interval: `${wishes.interval_ms / 1_000}s`,
        start: new Date(wishes.firstSlot_ms).toISOString(),
        slots: wishes.slots,
        catchUp: wishes.catchUp,
      }),
      node('burst', burst, [], {
        intents: wishes.intents,
        at_ms: wishes.burstAt_ms,
        units: Number(wishes.burstUnits),
      }),
      ...waiting,
      node('swap', jupiter, givers, {}),
      node('history', history, ['swap'], {}),
      node('out', observer(onEvent), [...givers, 'swap'], {}),
    ],
  }
}

/** Prices from the pools where anybody watches them; and for each kind of order who asks for them, and who holds them. */
function orderNodes({ waiting, linked }: Wishes): readonly BoundNode[] {
  const prices = node('prices', poolPrice, [], { pair: 'SOL/USDC', venues: ['localnet'] })
  const of = (kind: OrderKind, orders: readonly Ask[]): readonly BoundNode[] => {
    if (orders.length === 0) return []
    const { plugin, config = {} } = ORDER_NODES[kind]
    const ask = node(`ask ${kind}`, asks, [], { orders })
    return [ask, node(kind, plugin, plugin.takes.includes('price') ? [ask.id, prices.id] : [ask.id], config)]
  }
  const nodes = [
    ...WAITING_KINDS.flatMap(kind => of(kind, waiting.filter(wish => wish.kind === kind).map(askFor))),
    ...LINKED_KINDS.flatMap(kind => of(kind, linked.filter(wish => wish.kind === kind).map(askOf))),
  ]
  return nodes.some(({ from }) => from.includes(prices.id)) ? [prices, ...nodes] : nodes
}

type OrderKind = WaitingKind | LinkedKind

const ORDER_NODES: Readonly<Record<OrderKind, { readonly plugin: AnyPlugin; readonly config?: object }>> = {
  'stop-loss': { plugin: stopLoss },
  'take-profit': { plugin: takeProfit },
  'trailing-stop': { plugin: trailingStop },
  oco: { plugin: oco },
  bracket: { plugin: bracket, config: { expires: LINKED_EXPIRY } },
  twap: { plugin: twap },
}

function node(id: string, plugin: AnyPlugin, from: readonly string[], config: object): BoundNode {
  return boundNode(id, plugin, from, Value.Default(plugin.config, config))
}

function observer(onEvent: (event: ForgeEvent) => void): AnyPlugin {
  return definePlugin({
    kind: 'sink',
    name: 'observer',
    api: 1,
    summary: 'Hands over what it sees.',
    config: Type.Object({}),
    takes: ['notice', 'report'],
    gives: [],
    examples: [],
    setup: () => ({ process: event => onEvent(event) }),
  })
}
