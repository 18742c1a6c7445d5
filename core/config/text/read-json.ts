import type { Findings } from '../findings.ts'
import { MAX_DEPTH } from './limits.ts'
import type { SourceText, Span } from './source-text.ts'
import { joinPath, type MapEntry, type Tree } from './tree.ts'

/** JSON to a tree; `undefined` when the syntax is broken. `JSON.parse` alone does not always say where. */
export function readJson(source: SourceText, findings: Findings): Tree | undefined {
  try {
    return new JsonReader(source, findings).document()
  } catch (thrown) {
    if (!(thrown instanceof JsonTrouble)) throw thrown
    findings.add(thrown.span, { code: thrown.code, path: '', message: thrown.message, hint: thrown.hint })
    return undefined
  }
}

class JsonTrouble extends Error {
  readonly span: Span
  readonly hint: string | undefined
  readonly code: 'CONFIG_JSON_SYNTAX' | 'CONFIG_TOO_DEEP' | 'CONFIG_EMPTY'

  constructor(span: Span, message: string, hint?: string, code: JsonTrouble['code'] = 'CONFIG_JSON_SYNTAX') {
    super(message)
    this.span = span
    this.hint = hint
    this.code = code
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in texts.
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /[A-Za-z_$][\w$]*/y
const WORDS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
])

class JsonReader {
  readonly #source: SourceText
  readonly #text: string
  readonly #findings: Findings
  #at = 0

  constructor(source: SourceText, findings: Findings) {
    this.#source = source
    this.#text = source.text
    this.#findings = findings
  }

  document(): Tree {
    this.#space()
    if (this.#at >= this.#text.length)
      throw new JsonTrouble(
        this.#source.span(0, 1),
        'the file has no content',
        'write its fields, or name another file',
        'CONFIG_EMPTY',
      )
    const tree = this.#value('', 0)
    this.#space()
    if (this.#at < this.#text.length) throw this.#trouble('there is text after the end of the value')
    return tree
  }

  #value(path: string, depth: number): Tree {
    this.#space()
    const start = this.#at
    if (depth > MAX_DEPTH) {
      const message = `the file nests deeper than ${MAX_DEPTH} levels`
      throw new JsonTrouble(this.#source.span(start, start + 1), message, undefined, 'CONFIG_TOO_DEEP')
    }
    const char = this.#text[start]
    if (char === '{') return this.#map(path, depth)
    if (char === '[') return this.#list(path, depth)
    if (char === '"') {
      const value = this.#string()
      return this.#scalar(value, value, start)
    }
    const number = this.#match(NUMBER)
    if (number !== undefined) return this.#scalar(Number(number), number, start)
    const word = this.#match(WORD)
    const value = word === undefined ? undefined : WORDS.get(word)
    if (word !== undefined && value !== undefined) return this.#scalar(value, word, start)
    this.#at = start
    if (char === undefined) throw this.#trouble('the file ends where a value is expected')
    if (char === "'") throw this.#trouble('JSON takes double quotes only', 'write "…"')
    if (word !== undefined)
      throw this.#trouble(`"${word}" is not JSON`, `a text is quoted: "${word}"`, start + word.length)
    throw this.#trouble(`a value is expected, not "${char}"`)
  }

  #map(path: string, depth: number): Tree {
    const start = this.#at++
    const entries = new Map<string, MapEntry>()
    this.#space()
    if (this.#take('}')) return { type: 'map', entries: [], span: this.#source.span(start, this.#at) }
    for (;;) {
      this.#space()
      const keyStart = this.#at
      if (this.#text[keyStart] !== '"') {
        const word = this.#match(WORD)
        this.#at = keyStart
        if (word !== undefined)
          throw this.#trouble('the name of a field has to be quoted', `write "${word}"`, keyStart + word.length)
        if (this.#text[keyStart] === '}') throw this.#trouble('there is a "," after the last field', 'take it out')
        throw this.#trouble(this.#expected('the name of a field is expected'))
      }
      const key = this.#string()
      const keySpan = this.#source.span(keyStart, this.#at)
      this.#space()
      if (!this.#take(':')) throw this.#trouble(`a ":" is expected after "${key}"`)
      const value = this.#value(joinPath(path, key), depth + 1)
      const before = entries.get(key)
      if (before) {
        const line = this.#source.position(before.keySpan.start).line
        const message = `"${key}" is given twice; the first is on line ${line}`
        const hint = 'keep one of the two'
        this.#findings.add(keySpan, { code: 'CONFIG_DUPLICATE_KEY', path: joinPath(path, key), message, hint })
      } else if (key === '__proto__') {
        this.#findings.add(keySpan, {
          code: 'CONFIG_FIELD_UNKNOWN',
          path,
          message: '"__proto__" is no name for a field',
        })
      } else entries.set(key, { key, keySpan, value })
      this.#space()
      if (this.#take('}')) break
      if (!this.#take(',')) throw this.#trouble(this.#expected('a "," or "}" is expected'))
    }
    return { type: 'map', entries: [...entries.values()], span: this.#source.span(start, this.#at) }
  }

  #list(path: string, depth: number): Tree {
    const start = this.#at++
    const items: Tree[] = []
    this.#space()
    if (this.#take(']')) return { type: 'list', items, span: this.#source.span(start, this.#at) }
    for (;;) {
      this.#space()
      if (this.#text[this.#at] === ']') throw this.#trouble('there is a "," after the last item', 'take it out')
      items.push(this.#value(joinPath(path, items.length), depth + 1))
      this.#space()
      if (this.#take(']')) break
      if (!this.#take(',')) throw this.#trouble(this.#expected('a "," or "]" is expected'))
    }
    return { type: 'list', items, span: this.#source.span(start, this.#at) }
  }

  #string(): string {
    const start = this.#at
    const text = this.#match(TEXT)
    if (text === undefined) {
      const end = this.#text.indexOf('\n', start)
      throw this.#trouble(
        'this text is not closed, or has a character that needs an escape',
        undefined,
        end < 0 ? start + 1 : end,
      )
    }
    const value: unknown = JSON.parse(text)
    return String(value)
  }

  #scalar(value: string | number | boolean | null, text: string, start: number): Tree {
    return { type: 'scalar', value, text, coercible: false, span: this.#source.span(start, this.#at) }
  }

  #space(): void {
    while (this.#at < this.#text.length && ' \t\r\n'.includes(this.#text[this.#at]!)) this.#at += 1
    if (this.#text[this.#at] === '/' && '/*'.includes(this.#text[this.#at + 1] ?? ' '))
      throw this.#trouble('JSON has no comments', 'take it out, or make it a YAML file', this.#at + 2)
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #expected(what: string): string {
    return this.#at >= this.#text.length ? `the file ends where ${what}` : what
  }

  #trouble(message: string, hint?: string, end = this.#at + 1): JsonTrouble {
    return new JsonTrouble(this.#source.span(this.#at, end), message, hint)
  }
}
