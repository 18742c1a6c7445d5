import { Type } from 'typebox'
import { definePlugin, type IntentEvent } from '../../../core/index.ts'

/** Each intent of a burst differs by so much from the one before: on the chain, it is known by its amount. */
export const BURST_STEP_UNITS = 1_000n

/** A strategy that wants several things at once, and says so again at every start: the journal takes each key once. */
export const burst = definePlugin({
  kind: 'strategy',
  name: 'burst',
  api: 1,
  summary: 'Wants several purchases at the same moment.',
  config: Type.Object({
    intents: Type.Integer({ description: 'How many.' }),
    at_ms: Type.Integer({ description: 'When.' }),
    units: Type.Integer({ description: 'Base units that the first one spends.' }),
  }),
  takes: [],
  gives: ['intent'],
  needs: ['tokens'],
  examples: [],
  setup: ({ config, clock, id, services, signal }) => {
    const [input, output] = [services.tokens.find('USDC'), services.tokens.find('SOL')]
    let next = 0
    return {
      pull: async (): Promise<IntentEvent | undefined> => {
        if (next === 0 && clock.now() < config.at_ms) {
          await clock.sleep(config.at_ms - clock.now(), signal).catch(() => undefined)
        }
        if (signal.aborted || next === config.intents) return undefined
        const number = next++
        const amount = { token: input, units: BigInt(config.units) + BigInt(number) * BURST_STEP_UNITS }
        const key = `burst ${number}`
        return { kind: 'intent', at: clock.now(), key, node: id, input, output, amount, exact: 'in', reason: key }
      },
    }
  },
})
