import { Type } from 'typebox'
import { definePlugin } from '../../../core/index.ts'
import { linesOf } from './lines.ts'

export default definePlugin({
  kind: 'sink',
  name: 'console',
  api: 1,
  summary: 'Tells a person what happens, in readable lines.',
  config: Type.Object(
    {
      verbose: Type.Boolean({ default: false, description: 'Also what was wanted, what is on its way, and prices.' }),
      receipt: Type.Boolean({
        default: false,
        description: 'Also what was promised against what came of it, line by line, for each trade.',
      }),
      routes: Type.Boolean({
        default: false,
        description: 'Also the table of routes that were compared for each trade.',
      }),
    },
    { additionalProperties: false },
  ),
  takes: ['report', 'notice', 'intent', 'price', 'routes'],
  gives: [],
  needs: ['output', 'cluster'],
  examples: [
    { title: 'How orders end', with: {} },
    { title: 'Every step', with: { verbose: true } },
  ],
  setup: ({ config, services }) => ({
    process: event => {
      const { output, cluster } = services
      const lines = linesOf(event, {
        verbose: config.verbose,
        receipt: config.receipt,
        routes: config.routes,
        explorerLink: signature => cluster.explorerLink(signature),
      })
      for (const line of lines) output.line(line)
    },
  }),
})
