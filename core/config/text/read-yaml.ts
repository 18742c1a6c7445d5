import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, parseDocument } from 'yaml'
import { messageOf } from '../../errors/forge-error.ts'
import type { Findings } from '../findings.ts'
import { MAX_ALIASED, MAX_DEPTH } from './limits.ts'
import type { SourceText, Span } from './source-text.ts'
import { joinPath, type MapEntry, type Tree } from './tree.ts'
import { reportYamlErrors } from './yaml-errors.ts'

/**
 * YAML 1.2 to a tree; `undefined` when the syntax is broken.
 *
 * @param text what is parsed, when it is only a part of the source: the rest blanked, so that places stay right
 */
export function readYaml(source: SourceText, findings: Findings, text = source.text): Tree | undefined {
  const start = source.span(0, 1)
  let document: ReturnType<typeof parseDocument>
  try {
    document = parseDocument(text, { uniqueKeys: false, resolveKnownTags: false, prettyErrors: false })
  } catch (thrown) {
    // The parser is recursive: a text of brackets alone exhausts its stack.
    const deep = thrown instanceof RangeError
    const message = deep ? `the file nests deeper than ${MAX_DEPTH} levels` : `not readable: ${messageOf(thrown)}`
    findings.add(start, { code: deep ? 'CONFIG_TOO_DEEP' : 'CONFIG_YAML_SYNTAX', path: '', message })
    return undefined
  }
  if (reportYamlErrors(document, source, findings)) return undefined
  const root = document.contents
  if (root === null || (isScalar(root) && root.value === null)) {
    findings.add(start, {
      code: 'CONFIG_EMPTY',
      path: '',
      message: 'the file has no content',
      hint: 'write its fields, or name another file',
    })
    return undefined
  }
  return new Reader(source, findings).read(root as ParsedNode, '', 0)
}

interface Anchored {
  readonly tree: Tree
  readonly weight: number
  readonly height: number
}

/** Turns the parser's nodes into trees, with aliases shared and their expansion counted. */
class Reader {
  readonly #source: SourceText
  readonly #findings: Findings
  readonly #anchors = new Map<string, Anchored | 'open'>()
  readonly #sizes = new WeakMap<Tree, { weight: number; height: number }>()
  #aliased = 0
  #tooDeep = false

  constructor(source: SourceText, findings: Findings) {
    this.#source = source
    this.#findings = findings
  }

  read(node: ParsedNode | null, path: string, depth: number, fallback?: Span): Tree {
    const span = node?.range ? this.#trimmed(node.range[0], node.range[1]) : (fallback ?? this.#source.span(0, 1))
    if (depth > MAX_DEPTH) return this.#refuseDepth(span, path)
    if (node === null) return this.#measured({ type: 'scalar', value: null, text: '', coercible: false, span }, [])
    if (isAlias(node)) return this.#alias(node.source, span, path, depth)
    const anchor = node.anchor
    if (anchor !== undefined) this.#anchors.set(anchor, 'open')
    const tree = this.#value(node, span, path, depth)
    if (anchor !== undefined) {
      const { weight, height } = this.#sizes.get(tree) ?? { weight: 1, height: 0 }
      this.#anchors.set(anchor, { tree, weight, height })
    }
    return tree
  }

  #value(node: ParsedNode, span: Span, path: string, depth: number): Tree {
    if (isMap(node)) {
      const entries = this.#entries(node.items as Pair<ParsedNode, ParsedNode | null>[], path, depth)
      const trees = entries.map(one => one.value)
      return this.#measured({ type: 'map', entries, span }, trees)
    }
    if (isSeq(node)) {
      const items = (node.items as (ParsedNode | null)[]).map((item, index) =>
        this.read(item, joinPath(path, index), depth + 1, span),
      )
      return this.#measured({ type: 'list', items, span }, items)
    }
    const value = isScalar(node) ? node.value : null
    const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    const text = isScalar(node) ? (typeof value === 'string' ? value : (node.source ?? String(value))) : ''
    return this.#measured({ type: 'scalar', value: known ? value : null, text, coercible: false, span }, [])
  }

  #entries(items: readonly Pair<ParsedNode, ParsedNode | null>[], path: string, depth: number): MapEntry[] {
    const entries = new Map<string, MapEntry>()
    for (const { key: keyNode, value } of items) {
      const range = keyNode?.range
      const keySpan = range ? this.#trimmed(range[0], range[1]) : this.#source.span(0, 1)
      if (!isScalar(keyNode) || keyNode.value === null) {
        const message = 'the name of a field has to be a plain text'
        this.#findings.add(keySpan, { code: 'CONFIG_YAML_SYNTAX', path, message, hint: 'quote it' })
        continue
      }
      const key = String(keyNode.source ?? keyNode.value)
      const before = entries.get(key)
      if (before) {
        const line = this.#source.position(before.keySpan.start).line
        const message = `"${key}" is given twice; the first is on line ${line}`
        const hint = 'keep one of the two'
        this.#findings.add(keySpan, { code: 'CONFIG_DUPLICATE_KEY', path: joinPath(path, key), message, hint })
      }
      const tree = this.read(value, joinPath(path, key), depth + 1, keySpan)
      if (key === '__proto__') {
        const message = '"__proto__" is no name for a field'
        this.#findings.add(keySpan, { code: 'CONFIG_FIELD_UNKNOWN', path, message })
      } else if (!before) entries.set(key, { key, keySpan, value: tree })
    }
    return [...entries.values()]
  }

  #alias(name: string, span: Span, path: string, depth: number): Tree {
    const anchored = this.#anchors.get(name)
    const nothing = (): Tree => ({ type: 'unknown', span })
    if (anchored === undefined || anchored === 'open') {
      const message =
        anchored === 'open' ? `"*${name}" stands inside its own anchor` : `no anchor "&${name}" comes before "*${name}"`
      this.#findings.add(span, {
        code: 'CONFIG_ALIAS_UNKNOWN',
        path,
        message,
        hint: `to write a text, quote it: "*${name}"`,
      })
      return nothing()
    }
    if (depth + anchored.height > MAX_DEPTH) return this.#refuseDepth(span, path)
    const before = this.#aliased
    this.#aliased += anchored.weight
    if (this.#aliased > MAX_ALIASED) {
      const message = `the aliases of this file stand for more than ${MAX_ALIASED} values`
      if (before <= MAX_ALIASED) this.#findings.add(span, { code: 'CONFIG_ALIAS_BOMB', path, message })
      return nothing()
    }
    return anchored.tree
  }

  #refuseDepth(span: Span, path: string): Tree {
    if (!this.#tooDeep) {
      const message = `the file nests deeper than ${MAX_DEPTH} levels`
      this.#findings.add(span, { code: 'CONFIG_TOO_DEEP', path: path.slice(0, 60), message })
    }
    this.#tooDeep = true
    return { type: 'unknown', span }
  }

  #measured(tree: Tree, parts: readonly Tree[]): Tree {
    let weight = 1
    let height = 0
    for (const part of parts) {
      const size = this.#sizes.get(part) ?? { weight: 1, height: 0 }
      weight += size.weight
      height = Math.max(height, size.height + 1)
    }
    this.#sizes.set(tree, { weight, height })
    return tree
  }

  /** Block collections end where the next line begins; what is marked ends with their text. */
  #trimmed(start: number, end: number): Span {
    let last = end
    while (last > start + 1 && /\s/.test(this.#source.text[last - 1] ?? '')) last -= 1
    return this.#source.span(start, last)
  }
}
