import { Macd } from '../../../../core/index.ts'
import { indicatorKind, periodField, sideOf, wrong } from '../reading.ts'

export const macd = indicatorKind({
  kind: 'macd',
  summary:
    'Says buy while the MACD line is above its signal line, and sell while it is below; its value is the histogram.',
  fields: {
    fast: periodField('Bars of the fast exponential average.', 12),
    slow: periodField('Bars of the slow exponential average.', 26, 2),
    signal: periodField('Values of the MACD line that its signal line averages.', 9),
  },
  examples: [{ title: '12, 26, 9', with: { fast: 12, slow: 26, signal: 9 } }],
  build: ({ fast, slow, signal }, place) => {
    if (fast >= slow) throw wrong(`${place}fast`, `${fast} bars are not fewer than the ${slow} of slow`)
    const lines = new Macd(fast, slow, signal)
    return {
      needs: lines.needs,
      indicator: lines,
      update: bar => lines.update(bar),
      directionOf: value => sideOf(value),
    }
  },
})
