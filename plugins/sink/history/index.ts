import { Type } from 'typebox'
import { definePlugin } from '../../../core/index.ts'

export default definePlugin({
  kind: 'sink',
  name: 'history',
  api: 1,
  summary: 'Keeps every report, for `sniperforge history`.',
  config: Type.Object({}, { additionalProperties: false }),
  takes: ['report'],
  gives: [],
  needs: ['history'],
  examples: [{ title: 'As it is', with: {} }],
  setup: ({ services }) => ({
    process: event => {
      // The sum of fills is not one more of them.
      if (event.kind === 'report' && !('isSum' in event && event.isSum)) services.history.record(event)
    },
  }),
})
