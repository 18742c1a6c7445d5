import { Type } from 'typebox'
import { Field, parseDuration, RollingVwap, SessionVwap } from '../../../../core/index.ts'
import { indicatorKind, PERIOD_MAX, sideOf, wrong } from '../reading.ts'

export const vwap = indicatorKind({
  kind: 'vwap',
  summary:
    'Says buy while the close is above the volume-weighted average price and sell while it is below; its value is that price. Bars without volume give none.',
  fields: {
    session: Field.duration({
      default: '1d',
      description: 'The average begins anew after each of these, counted from 1970 in UTC: 1d begins at midnight.',
    }),
    period: Type.Optional(
      Type.Integer({ minimum: 1, maximum: PERIOD_MAX, description: 'Instead of sessions: the last so many bars.' }),
    ),
  },
  needsVolume: true,
  examples: [
    { title: 'Since midnight UTC', with: { session: '1d' } },
    { title: 'Of the last twenty bars', with: { period: 20 } },
  ],
  build: ({ session, period }, place) => {
    const session_ms = parseDuration(session)
    if (session_ms === 0) throw wrong(`${place}session`, 'it takes no time')
    const average = period === undefined ? new SessionVwap(session_ms) : new RollingVwap(period)
    return {
      needs: average.needs,
      indicator: average,
      update: bar => average.update(bar),
      directionOf: (value, { close }) => sideOf(close, value),
    }
  },
})
