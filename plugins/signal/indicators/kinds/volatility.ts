import { Type } from 'typebox'
import { RealisedVolatility } from '../../../../core/index.ts'
import { indicatorKind, periodField, sideOf } from '../reading.ts'

const YEAR_MS = 365 * 86_400_000

export const volatility = indicatorKind({
  kind: 'volatility',
  summary: 'Realised volatility in percent a year: for sizes, and to trade only while the market is calm.',
  fields: {
    period: periodField('Log returns of the close whose standard deviation is taken.', 48, 2),
    calm: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'Below it, in percent a year, it says buy, above it sell. Absent, it says neither.',
      }),
    ),
  },
  examples: [
    { title: 'Of two days in bars of an hour', with: { period: 48 } },
    { title: 'Calm below 60 percent a year', with: { period: 48, calm: 60 } },
  ],
  build: ({ period, calm }) => {
    const perBar = new RealisedVolatility(period)
    return {
      needs: perBar.needs,
      indicator: perBar,
      update: bar => {
        const value = perBar.update(bar)
        return value === undefined ? undefined : value * Math.sqrt(YEAR_MS / bar.interval_ms) * 100
      },
      directionOf: value => (calm === undefined ? 'none' : sideOf(calm, value)),
    }
  },
})
