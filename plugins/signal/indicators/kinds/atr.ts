import { Atr } from '../../../../core/index.ts'
import { indicatorKind, periodField } from '../reading.ts'

export const atr = indicatorKind({
  kind: 'atr',
  summary: 'The average true range, in the price: for sizes and stops. It says neither buy nor sell.',
  fields: { period: periodField("Ranges that Wilder's average looks back on.", 14) },
  examples: [{ title: 'Of fourteen bars', with: { period: 14 } }],
  build: ({ period }) => {
    const range = new Atr(period)
    return { needs: range.needs, indicator: range, update: bar => range.update(bar), directionOf: () => 'none' }
  },
})
