import type { Figure } from '../../../accounting/figure.ts'
import { METRICS, type Metrics } from '../../../accounting/metrics.ts'

/** A figure as it is shown. */
export interface Shown {
  readonly text: string
  /** Of money. */
  readonly unit?: string
  /** Why there is no figure. */
  readonly why?: string
  readonly sign: -1 | 0 | 1
}

const DAY_MS = 86_400_000
const MINUS = '\u2212'

/** A metric in its own unit; `N/A` with the reason where there is none. */
export function shownMetric(name: keyof Metrics, figure: Figure, symbol: string): Shown {
  if (typeof figure !== 'number') return { text: 'N/A', why: figure.notAvailable, sign: 0 }
  switch (METRICS[name].shownAs) {
    case 'percent':
      return { text: percent(figure), sign: signOf(figure) }
    case 'ratio':
      return { text: number(figure, 2), sign: signOf(figure) }
    case 'duration':
      return { text: duration(figure), sign: 0 }
    case 'money':
      return { text: number(figure, 2), unit: symbol, sign: signOf(figure) }
  }
}

/** `+12.34 %`; small shares keep two digits. */
export function signedPercent(share: number): string {
  return share > 0 ? `+${percent(share)}` : percent(share)
}

export function percent(share: number): string {
  const value = share * 100
  const places = Math.abs(value) > 0 && Math.abs(value) < 0.1 ? 4 : 2
  return `${number(value, places)}\u00a0%`
}

/** With thousands apart and a true minus. */
export function number(value: number, places: number): string {
  const text = Math.abs(value).toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })
  return value < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text
}

export function signedNumber(value: number, places: number): string {
  const text = number(value, places)
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text
}

/** Base units as whole tokens, to two places, or four of tokens with nine decimals as SOL. */
export function money(units: string, decimals: number): string {
  return number(wholes(units, decimals), decimals >= 9 ? 4 : 2)
}

export function wholes(units: string, decimals: number): number {
  return Number(units) / 10 ** decimals
}

/** `3 d 4 h`, `5 h 30 min`, `12 min`. */
export function duration(duration_ms: number): string {
  const minutes = Math.round(duration_ms / 60_000)
  const [days, hours, rest] = [Math.floor((minutes * 60_000) / DAY_MS), Math.floor(minutes / 60) % 24, minutes % 60]
  const parts =
    days > 0
      ? [`${days} d`, hours > 0 && days < 100 ? `${hours} h` : '']
      : [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : '']
  return parts.filter(part => part !== '').join(' ')
}

export function day(iso: string): string {
  return iso.slice(0, 10)
}

export function minute(iso: string): string {
  return iso.replace('T', ' ').slice(0, 16)
}

export function signOf(value: number): -1 | 0 | 1 {
  if (value > 0) return 1
  return value < 0 ? -1 : 0
}

/** Two places from a price of one on, four digits below. */
export function priceDecimals(price: number): number {
  return price >= 1 ? 2 : Math.min(12, Math.ceil(-Math.log10(price)) + 4)
}
