import { type Average, AverageCross, Ema, Sma } from '../../../../core/index.ts'
import { type IndicatorKind, indicatorKind, periodField, sideOf, wrong } from '../reading.ts'

function crossOf(kind: string, average: string, make: (period: number) => Average): IndicatorKind {
  return indicatorKind({
    kind,
    summary: `Says buy while the fast ${average} of closes is above the slow one, and sell while it is below; its value is how far.`,
    fields: {
      fast: periodField('Bars of the fast average.', 12),
      slow: periodField('Bars of the slow average.', 26, 2),
    },
    examples: [
      { title: '12 bars over 26', with: { fast: 12, slow: 26 } },
      { title: '50 bars over 200', with: { fast: 50, slow: 200 } },
    ],
    build: ({ fast, slow }, place) => {
      if (fast >= slow) throw wrong(`${place}fast`, `${fast} bars are not fewer than the ${slow} of slow`)
      const cross = new AverageCross(make(fast), make(slow))
      return {
        needs: cross.needs,
        indicator: cross,
        update: bar => cross.update(bar),
        directionOf: value => sideOf(value),
      }
    },
  })
}

export const emaCross = crossOf('ema-cross', 'exponential average', period => new Ema(period))
export const smaCross = crossOf('sma-cross', 'simple average', period => new Sma(period))
