import { ForgeError } from '../errors/forge-error.ts'

/**
 * Takes the candles of files one after the other.
 *
 * @param line of the file, or the row of a Parquet file, from 1
 */
export type TakeRow = (
  line: number,
  start_ms: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
) => void

/** Why a file is refused: where, what is wrong, and what to do where there is something nearer than the usual. */
export function refuse(path: string, line: number | undefined, what: string, remedy?: string): never {
  throw new ForgeError('CANDLES_INVALID', {
    message: `${line === undefined ? path : `${path}:${line}`}: ${what}`,
    ...(remedy === undefined ? {} : { remedy }),
    context: { path, line },
  })
}

const SHOWN_CHARACTERS_MAX = 100

/** Text of a file as a message can hold it, also of one that is no text at all. */
export function shown(text: string): string {
  const trimmed = text.trim()
  const quoted = JSON.stringify(trimmed.slice(0, SHOWN_CHARACTERS_MAX)).replace(/[^\x20-\x7e]/g, '·')
  return trimmed.length > SHOWN_CHARACTERS_MAX ? `${quoted}…` : quoted
}
