import { Type } from 'typebox'
import { Rsi } from '../../../../core/index.ts'
import { bandSide, followField, indicatorKind, periodField, wrong } from '../reading.ts'

export const rsi = indicatorKind({
  kind: 'rsi',
  summary:
    "Wilder's relative strength, 0 to 100: says buy below its lower band and sell above the upper one, or the other way round.",
  fields: {
    period: periodField('Changes of the close that are averaged.', 14),
    lower: Type.Number({ default: 30, minimum: 0, maximum: 100, description: 'The lower band.' }),
    upper: Type.Number({ default: 70, minimum: 0, maximum: 100, description: 'The upper band.' }),
    follow: followField,
  },
  examples: [
    { title: 'Oversold below 30', with: { period: 14, lower: 30, upper: 70 } },
    { title: 'Strong above 55', with: { period: 14, lower: 45, upper: 55, follow: true } },
  ],
  build: ({ period, lower, upper, follow }, place) => {
    if (lower > upper) throw wrong(`${place}lower`, `${lower} is above upper, which is ${upper}`)
    const strength = new Rsi(period)
    return {
      needs: strength.needs,
      indicator: strength,
      update: bar => strength.update(bar),
      directionOf: value => bandSide(value, lower, upper, follow),
    }
  },
})
