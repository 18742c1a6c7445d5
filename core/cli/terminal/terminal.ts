import { stripVTControlCharacters } from 'node:util'
import type { Output } from '../../plugin/services.ts'
import { folded } from './fold.ts'

/** What a stream must be able to do to be written to. */
export interface Screen {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Terminal extends Output {
  /** Takes the status line away: call it before anything else prints, and at the end. */
  clear(): void
}

/**
 * Lines, and on a terminal one status line below them that is rewritten in place. Elsewhere the status is not printed:
 * the lines alone tell the story.
 */
export function createTerminal(screen: Screen): Terminal {
  let status = ''
  const erase = (): void => {
    if (status) screen.write('\r\u001b[2K')
  }
  return {
    line(text) {
      erase()
      screen.write(`${folded(text, screen)}\n`)
      if (status) screen.write(status)
    },
    status(text) {
      if (!screen.isTTY) return
      erase()
      const width = (screen.columns ?? 80) - 1
      const plain = stripVTControlCharacters(text)
      status = plain.length > width ? cut(plain, width) : text
      screen.write(status)
    },
    clear() {
      erase()
      status = ''
    },
  }
}

/** What fits, up to the last gap between two parts of the line, where there is one: half a figure says something else. */
function cut(text: string, width: number): string {
  const end = text.slice(0, width).lastIndexOf('  ')
  return end > width / 3 ? `${text.slice(0, end)} …` : `${text.slice(0, width - 1)}…`
}

/** For --quiet and --json. */
export const SILENT_TERMINAL: Terminal = { line: () => undefined, status: () => undefined, clear: () => undefined }
