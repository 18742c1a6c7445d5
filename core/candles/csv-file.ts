import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { isForgeError, messageOf } from '../errors/forge-error.ts'
import { refuse, type TakeRow } from './candle-row.ts'
import { CsvParser } from './csv-parser.ts'

const PIECE_BYTES = 1 << 18

/**
 * Reads a CSV piece by piece, so that its size does not matter.
 *
 * @param onPiece called after each piece, so that what it brought can be handed on; the file waits for it
 * @returns the line read last
 * @throws CANDLES_INVALID with file and line
 */
export async function* readCsv(path: string, isGzip: boolean, take: TakeRow): AsyncGenerator<number> {
  const parser = new CsvParser(path, take)
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES })
  const bytes = isGzip ? createGunzip({ chunkSize: PIECE_BYTES }) : file
  const unpacking = isGzip ? pipeline(file, bytes as ReturnType<typeof createGunzip>) : Promise.resolve()
  unpacking.catch(() => undefined)
  try {
    for await (const piece of bytes) {
      parser.push(piece as Buffer)
      yield parser.line
    }
    await unpacking
    parser.end()
    yield parser.line
  } catch (thrown) {
    if (isForgeError(thrown)) throw thrown
    const packed = isGzip ? 'the gzip is damaged or cut off' : 'it can not be read'
    refuse(path, parser.line + 1, `${packed} after line ${parser.line}: ${messageOf(thrown)}`, 'Fetch the file again.')
  } finally {
    file.destroy()
  }
}
