import { type Static, type TObject, type TProperties, Type } from 'typebox'
import { type CandleEvent, ForgeError, type Indicator, type SignalEvent } from '../../../core/index.ts'

export type Direction = SignalEvent['direction']

/** An indicator at work on one pair's bars, and what its values say. */
export interface Reading {
  /** Bars it takes until it has a value. */
  readonly needs: number
  /** What its values come from: what that knows outlives a run. */
  readonly indicator: Pick<Indicator, 'memory' | 'recall'>
  /** Its value with this bar; undefined while it knows too little. */
  update(bar: CandleEvent): number | undefined
  /** What the value just given says. */
  directionOf(value: number, bar: CandleEvent): Direction
}

/** A kind of indicator: what can be set of it, and how it is made. */
export interface IndicatorKind {
  readonly kind: string
  /** A sentence, with what its value is and when it says what. */
  readonly summary: string
  readonly fields: TProperties
  /** Whether it is nothing without volumes. */
  readonly needsVolume: boolean
  readonly examples: readonly { readonly title: string; readonly with: Record<string, unknown> }[]
  /**
   * @param settings validated by `fields`
   * @param place where they stand in the node's settings, for errors: empty, or as in `signals[2].`
   * @throws PLUGIN_CONFIG_INVALID for settings that contradict each other
   */
  build(settings: unknown, place: string): Reading
}

/** Gives `build` the type of its settings. */
export function indicatorKind<Fields extends TProperties>(
  kind: Omit<IndicatorKind, 'fields' | 'build' | 'needsVolume'> & {
    readonly fields: Fields
    readonly needsVolume?: boolean
    build(settings: Static<TObject<Fields>>, place: string): Reading
  },
): IndicatorKind {
  return {
    needsVolume: false,
    ...kind,
    build: (settings, place) => kind.build(settings as Static<TObject<Fields>>, place),
  }
}

/** What a value above or below a level says: buy above it, sell below it. */
export function sideOf(value: number, level = 0): Direction {
  if (value > level) return 'buy'
  return value < level ? 'sell' : 'none'
}

export const PERIOD_MAX = 5_000

/** Bars that a formula looks back on. */
export function periodField(description: string, preset: number, minimum = 1) {
  return Type.Integer({ minimum, maximum: PERIOD_MAX, default: preset, description })
}

/** Of two bands, which way a close beyond one is taken. */
export const followField = Type.Boolean({
  default: false,
  description:
    'false: below the lower band says buy and above the upper one sell, as it will come back. true: the other way round, as it will go on.',
})

/** What a value beyond one of two bands says. */
export function bandSide(value: number, lower: number, upper: number, follow: boolean): Direction {
  if (value < lower) return follow ? 'sell' : 'buy'
  if (value > upper) return follow ? 'buy' : 'sell'
  return 'none'
}

export function wrong(field: string, problem: string): ForgeError {
  return new ForgeError('PLUGIN_CONFIG_INVALID', { message: `${field}: ${problem}`, context: { field } })
}
