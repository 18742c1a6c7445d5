import { refuse, shown } from './candle-row.ts'

/** The columns of a candle, in the order they are kept. */
export const ROLES = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const
export type Role = (typeof ROLES)[number]

/** What exporters call them, the surest first. Compared in lower case, with `_` for spaces and hyphens. */
const ALIASES: Readonly<Record<Role, readonly string[]>> = {
  timestamp: [
    'timestamp',
    'open_time',
    'opentime',
    'start_time',
    'starttime',
    'unix',
    'unix_time',
    'unixtime',
    'time',
    'datetime',
    'date',
    'ts',
    't',
  ],
  open: ['open', 'o', 'open_price'],
  high: ['high', 'h', 'high_price'],
  low: ['low', 'l', 'low_price'],
  close: ['close', 'c', 'close_price'],
  volume: ['volume', 'base_volume', 'volume_base', 'vol', 'v'],
}

/**
 * Which column has which part of a candle.
 *
 * @param names as the file has them
 * @returns for each role its place among the names
 * @throws CANDLES_INVALID naming the columns that are missing, or there twice
 */
export function findColumns(path: string, line: number | undefined, names: readonly string[]): Record<Role, number> {
  const known = names.map(name =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  )
  const places = ROLES.map(role => {
    const alias = ALIASES[role].find(name => known.includes(name))
    const place = alias === undefined ? -1 : known.indexOf(alias)
    if (alias !== undefined && known.lastIndexOf(alias) !== place)
      refuse(path, line, `two columns are called "${alias}"`, 'Give each column a name of its own.')
    return [role, place] as const
  })
  const missing = places.filter(([, place]) => place < 0).map(([role]) => `"${role}"`)
  if (missing.length > 0) {
    refuse(
      path,
      line,
      `no column ${missing.join(', ')} in ${shown(names.join(','))}`,
      `The first line names the columns, as in: ${ROLES.join(',')}.`,
    )
  }
  return Object.fromEntries(places) as Record<Role, number>
}
