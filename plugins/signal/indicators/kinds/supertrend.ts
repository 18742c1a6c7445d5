import { Type } from 'typebox'
import { Supertrend } from '../../../../core/index.ts'
import { indicatorKind, periodField } from '../reading.ts'

export const supertrend = indicatorKind({
  kind: 'supertrend',
  summary: 'Says buy while the Supertrend is up and sell while it is down; its value is the line that turns it.',
  fields: {
    period: periodField('Bars of the average true range.', 10),
    multiple: Type.Number({
      default: 3,
      exclusiveMinimum: 0,
      description: 'Average true ranges between the middle of a bar and the line.',
    }),
  },
  examples: [{ title: 'Three ranges of ten bars', with: { period: 10, multiple: 3 } }],
  build: ({ period, multiple }) => {
    const trend = new Supertrend(period, multiple)
    return {
      needs: trend.needs,
      indicator: trend,
      update: bar => trend.update(bar),
      directionOf: () => (trend.isUp ? 'buy' : 'sell'),
    }
  },
})
