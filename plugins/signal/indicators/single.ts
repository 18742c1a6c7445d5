import { Type } from 'typebox'
import { type AnyPlugin, definePlugin } from '../../../core/index.ts'
import { INDICATOR_KINDS } from './kinds.ts'
import type { IndicatorKind } from './reading.ts'
import { signalNode } from './signal-node.ts'

/** Every indicator as a signal plugin of its own. */
export const INDICATOR_PLUGINS: readonly AnyPlugin[] = INDICATOR_KINDS.map(pluginOf)

function pluginOf({ kind, summary, fields, needsVolume, examples, build }: IndicatorKind): AnyPlugin {
  const config = Type.Object(
    {
      name: Type.String({ minLength: 1, default: kind, description: 'What the signal is called.' }),
      ...fields,
    },
    { additionalProperties: false },
  )
  return definePlugin({
    kind: 'signal',
    name: kind,
    api: 1,
    summary,
    config,
    takes: ['candle'],
    gives: ['signal', 'notice'],
    examples,
    warmUp: settings => build(settings, '').needs,
    setup: context => {
      const settings = context.config
      build(settings, '')
      return signalNode([{ name: settings.name, needsVolume, build: () => build(settings, '') }], context)
    },
  })
}
