import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ForgeError, messageOf } from '../../../errors/forge-error.ts'
import { makeDirectory } from '../../../store/make-directory.ts'
import type { SweepRow } from './sweep-row.ts'

/**
 * Rows of a sweep as they are done, a line of JSON each, so that an interrupted sweep goes on where it was. A line that
 * was cut off in the middle is no row: its run is made again.
 *
 * @throws FILE_REFUSED
 */
export class ResultsFile {
  readonly #path: string | undefined
  readonly #rows = new Map<string, SweepRow>()
  #endsInLine = true

  /** @param path undefined: nothing is kept. */
  constructor(path: string | undefined) {
    this.#path = path
    if (path === undefined || !existsSync(path)) return
    const text = this.#guarded(() => readFileSync(path, 'utf8'))
    this.#endsInLine = text === '' || text.endsWith('\n')
    for (const line of text.split('\n')) {
      const row = rowOf(line)
      if (row?.key !== undefined) this.#rows.set(row.key, row)
    }
  }

  keys(): readonly string[] {
    return [...this.#rows.keys()]
  }

  get(key: string): SweepRow | undefined {
    return this.#rows.get(key)
  }

  add(row: SweepRow): void {
    if (row.key === undefined) return
    this.#rows.set(row.key, row)
    const path = this.#path
    if (path === undefined) return
    this.#guarded(() => {
      makeDirectory(dirname(path))
      appendFileSync(path, `${this.#endsInLine ? '' : '\n'}${JSON.stringify(row)}\n`)
    })
    this.#endsInLine = true
  }

  #guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (cause) {
      throw new ForgeError('FILE_REFUSED', { message: `${this.#path}: ${messageOf(cause)}`, cause })
    }
  }
}

function rowOf(line: string): SweepRow | undefined {
  try {
    const row = JSON.parse(line) as Partial<SweepRow> | null
    return typeof row?.key === 'string' && row.outcome !== undefined ? (row as SweepRow) : undefined
  } catch {
    return undefined
  }
}
