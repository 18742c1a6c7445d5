import { Type } from 'typebox'
import { Bollinger } from '../../../../core/index.ts'
import { bandSide, followField, indicatorKind, periodField } from '../reading.ts'

export const bollinger = indicatorKind({
  kind: 'bollinger',
  summary:
    'Says buy when the close is below the lower Bollinger band and sell when above the upper one, or the other way round; its value is %B.',
  fields: {
    period: periodField('Closes that are averaged.', 20, 2),
    width: Type.Number({
      default: 2,
      exclusiveMinimum: 0,
      description: 'Standard deviations from the middle to a band.',
    }),
    follow: followField,
  },
  examples: [
    { title: 'Back to the middle', with: { period: 20, width: 2 } },
    { title: 'Out of the bands', with: { period: 20, width: 2, follow: true } },
  ],
  build: ({ period, width, follow }) => {
    const bands = new Bollinger(period, width)
    return {
      needs: bands.needs,
      indicator: bands,
      update: bar => bands.update(bar),
      directionOf: value => bandSide(value, 0, 1, follow),
    }
  },
})
