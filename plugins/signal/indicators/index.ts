import { type TProperties, Type } from 'typebox'
import { definePlugin } from '../../../core/index.ts'
import { INDICATOR_KINDS } from './kinds.ts'
import { type IndicatorKind, wrong } from './reading.ts'
import { type NamedReading, signalNode } from './signal-node.ts'

/** What every signal of the list has; the rest depends on its kind. */
interface SignalSettings {
  readonly kind: string
  readonly name?: string
}

/** One signal of the list. Defaults are not filled in within alternatives, so every field may be left out here. */
function signalOf({ kind, summary, fields }: IndicatorKind) {
  const optional = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, Type.Optional(field)]))
  return Type.Object(
    {
      kind: Type.Literal(kind, { description: summary }),
      name: Type.Optional(
        Type.String({ minLength: 1, description: 'What the signal is called; absent, as its kind.' }),
      ),
      ...optional,
    },
    { additionalProperties: false },
  )
}

function defaultsOf(fields: TProperties): Record<string, unknown> {
  const presets = Object.entries(fields).map(([name, field]) => [name, Object(field).default as unknown] as const)
  return Object.fromEntries(presets.filter(([, preset]) => preset !== undefined))
}

export default definePlugin({
  kind: 'signal',
  name: 'indicators',
  api: 1,
  summary: 'Gives any number of indicators of the same bars, each under a name, for strategies that combine them.',
  config: Type.Object(
    {
      signals: Type.Array(Type.Union(INDICATOR_KINDS.map(signalOf)), {
        minItems: 1,
        description: 'The indicators, each with its kind and the settings of the plugin of that name.',
      }),
    },
    { additionalProperties: false },
  ),
  takes: ['candle'],
  gives: ['signal', 'notice'],
  examples: [
    {
      title: 'A trend, and how far bars go',
      with: { signals: [{ kind: 'ema-cross', name: 'trend', fast: 12, slow: 26 }, { kind: 'atr' }] },
    },
    {
      title: 'Strength twice, fast and slow',
      with: {
        signals: [
          { kind: 'rsi', name: 'fast', period: 7 },
          { kind: 'rsi', name: 'slow', period: 28 },
        ],
      },
    },
  ],
  warmUp: ({ signals }) =>
    Math.max(...readingsOf(signals as readonly SignalSettings[]).map(({ build }) => build().needs)),
  setup: context => signalNode(readingsOf(context.config.signals as readonly SignalSettings[]), context),
})

/** @throws PLUGIN_CONFIG_INVALID for settings that contradict each other, and for two signals of one name */
function readingsOf(signals: readonly SignalSettings[]): readonly NamedReading[] {
  const names = new Set<string>()
  return signals.map((settings, index) => {
    const { kind, name = kind } = settings
    const place = `signals[${index}]`
    const { build, fields, needsVolume } = INDICATOR_KINDS.find(each => each.kind === kind)!
    if (names.has(name)) throw wrong(`${place}.name`, `another signal is called "${name}"`)
    names.add(name)
    const whole = { ...defaultsOf(fields), ...settings }
    build(whole, `${place}.`)
    return { name, needsVolume, build: () => build(whole, `${place}.`) }
  })
}
