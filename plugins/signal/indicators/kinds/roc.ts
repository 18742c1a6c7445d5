import { Type } from 'typebox'
import { RateOfChange } from '../../../../core/index.ts'
import { bandSide, indicatorKind, periodField } from '../reading.ts'

export const roc = indicatorKind({
  kind: 'roc',
  summary:
    'Says buy when the close rose by more than the threshold, and sell when it fell by more; its value is percent.',
  fields: {
    period: periodField('Over how many bars the change is.', 10),
    threshold: Type.Number({ default: 0, minimum: 0, description: 'The change that counts, in percent.' }),
  },
  examples: [{ title: 'Two percent in twelve bars', with: { period: 12, threshold: 2 } }],
  build: ({ period, threshold }) => {
    const change = new RateOfChange(period)
    return {
      needs: change.needs,
      indicator: change,
      update: bar => change.update(bar),
      directionOf: value => bandSide(value, -threshold, threshold, true),
    }
  },
})
