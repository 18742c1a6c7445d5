/** A text a user wrote (a file, or a flag's value), which turns offsets into lines and columns. */
export class SourceText {
  /** As it is shown: a path, `--set amount`, `--type`. */
  readonly name: string
  readonly text: string
  readonly #lineStarts: number[] = [0]

  constructor(name: string, text: string) {
    this.name = name
    this.text = text
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1)
  }

  /** Line and column, both from 1, in UTF-16 code units. */
  position(offset: number): { readonly line: number; readonly column: number } {
    const at = Math.max(0, Math.min(offset, this.text.length))
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#lineStarts[middle]! <= at) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: at - this.#lineStarts[low]! + 1 }
  }

  /** The text of a line, from 1, without its end. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1] ?? this.text.length
    const end = this.#lineStarts[number] ?? this.text.length + 1
    return this.text.slice(start, end - 1).replace(/\r$/, '')
  }

  get lineCount(): number {
    return this.#lineStarts.length
  }

  /** The offset of the first character of a line, from 1. */
  lineStart(number: number): number {
    return this.#lineStarts[number - 1] ?? this.text.length
  }

  span(start: number, end: number): Span {
    return { source: this, start, end }
  }
}

/** A stretch of a source, `end` exclusive. */
export interface Span {
  readonly source: SourceText
  readonly start: number
  readonly end: number
}
