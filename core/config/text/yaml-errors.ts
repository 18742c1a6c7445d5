import { type Document, isScalar, visit, type YAMLError } from 'yaml'
import type { ErrorCode } from '../../errors/codes.ts'
import type { Findings } from '../findings.ts'
import { MAX_DEPTH } from './limits.ts'
import type { SourceText } from './source-text.ts'

interface Explained {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
  readonly start?: number
  readonly end?: number
}

/** After these the parser is in step again, so several of them are several mistakes. */
const INDEPENDENT = new Set([
  'TAB_AS_INDENT',
  'BAD_SCALAR_START',
  'BAD_DQ_ESCAPE',
  'TAG_RESOLVE_FAILED',
  'MULTIPLE_DOCS',
])

/** Says what is wrong with the syntax in words a person knows; true when there was something. */
export function reportYamlErrors(document: Document, source: SourceText, findings: Findings): boolean {
  const all = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])
  let lastLine = 0
  all.forEach((error, index) => {
    const { line } = source.position(error.pos[0])
    if (index > 0 && (!INDEPENDENT.has(error.code) || line === lastLine)) return
    lastLine = line
    const { start, end, ...finding } = explain(error, document, source)
    findings.add(source.span(start ?? error.pos[0], end ?? error.pos[1]), { ...finding, path: '' })
  })
  return all.length > 0
}

function explain(error: YAMLError, document: Document, source: SourceText): Explained {
  const at = error.pos[0]
  const { line, column } = source.position(at)
  const text = source.line(line)
  const syntax = (message: string, hint?: string): Explained =>
    hint === undefined ? { code: 'CONFIG_YAML_SYNTAX', message } : { code: 'CONFIG_YAML_SYNTAX', message, hint }

  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { code: 'CONFIG_YAML_TAB', message: 'this line is indented with a tab', hint: 'use two spaces instead' }
    case 'TAG_RESOLVE_FAILED':
      return {
        code: 'CONFIG_YAML_TAG',
        message: `the tag "${source.text.slice(...error.pos)}" means nothing here`,
        hint: 'take it out, or quote the text',
      }
    case 'MULTIPLE_DOCS':
      return {
        code: 'CONFIG_MANY_DOCUMENTS',
        message: 'a second document begins here',
        hint: 'take the "---" out, or make two files',
      }
    case 'RESOURCE_EXHAUSTION':
      return { code: 'CONFIG_TOO_DEEP', message: `the file nests deeper than ${MAX_DEPTH} levels` }
    case 'BAD_SCALAR_START':
      return syntax(`a text can not begin with ${source.text[at]}`, 'put it in quotes')
    case 'BAD_DQ_ESCAPE':
      return syntax(
        `"${source.text.slice(at, at + 2)}" is no escape`,
        'write \\\\ for a backslash, or use single quotes',
      )
    case 'BAD_ALIAS':
      return syntax(
        `"${source.text[at]}" begins an ${source.text[at] === '&' ? 'anchor' : 'alias'} and needs a name`,
        'put it in quotes if it is a text',
      )
    case 'KEY_OVER_1024_CHARS':
      return syntax('the name of a field is too long')
    case 'MULTILINE_IMPLICIT_KEY':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return colonTrouble(error, source, line)
    case 'BAD_INDENT':
      return error.message.startsWith('Flow') ? unclosed(document, source, at) : indentation(source, line)
    case 'MISSING_CHAR':
      if (/quote/.test(error.message)) return unclosedQuote(document, at)
      if (/implicit map key|map value|:/i.test(error.message) && !text.includes(':'))
        return syntax('this line has no ":"', 'a field is written `name: value`')
      if (/end with|closing|Expected/i.test(error.message)) return unclosed(document, source, at)
      return syntax(lowerFirst(error.message))
    case 'UNEXPECTED_TOKEN':
      if (source.text[at] === '{' && source.text[at - 1] === '$') {
        const end = source.text.indexOf('}', at)
        const reference = source.text.slice(at - 1, end < 0 ? at + 1 : end + 1)
        return {
          ...syntax('a reference inside { } or [ ] has to be quoted', `write "${reference}"`),
          start: at - 1,
          end: end < 0 ? at + 1 : end + 1,
        }
      }
      if (/["']\s*\S/.test(text.slice(Math.max(0, column - 3), column + 1)) && /scalar at node end/.test(error.message))
        return syntax('there is text after the closing quote', 'put the whole value in quotes')
      if (/Block scalar header/.test(error.message))
        return syntax(
          'after "|" or ">" the text begins on the next line',
          'put the value in quotes if the bar belongs to it',
        )
      if (/flow-map-end|flow-seq-end/.test(error.message)) return syntax(`"${source.text[at]}" closes nothing`)
      if (/comma/.test(error.message)) return syntax('a "," is not expected here', 'put a text with commas in quotes')
      if (/block-seq-ind/.test(error.message))
        return syntax('a list item ("- ") is not expected here', 'lists stand below their field, on lines of their own')
      return syntax(
        `"${source.text.slice(at, Math.max(at + 1, Math.min(error.pos[1], at + 20))).trim()}" is not expected here`,
      )
    default:
      return syntax(lowerFirst(error.message))
  }
}

function colonTrouble(error: YAMLError, source: SourceText, line: number): Explained {
  const text = source.line(line)
  const tight = /^\s*(?:- )?([\w$-]+):([^\s:/].*)$/.exec(text)
  if (tight)
    return {
      code: 'CONFIG_YAML_SYNTAX',
      message: `there is no space after "${tight[1]}:"`,
      hint: `write "${tight[1]}: ${tight[2]}"`,
    }
  if (/^\s*- /.test(text))
    return {
      code: 'CONFIG_YAML_SYNTAX',
      message: 'a list item is not expected here',
      hint: 'the items of a list stand together, below their field',
    }
  if (!text.includes(':'))
    return { code: 'CONFIG_YAML_SYNTAX', message: 'this line has no ":"', hint: 'a field is written `name: value`' }
  const value = text.slice(source.position(error.pos[0]).column - 1)
  if (/:(\s|$)/.test(value))
    return {
      code: 'CONFIG_YAML_SYNTAX',
      message: 'a value with ": " in it has to be quoted',
      hint: `write "${value.trim()}"`,
    }
  return tooFar(source, line)
}

/** A line below a value, indented as if it were part of it. */
function tooFar(source: SourceText, line: number): Explained {
  let below = line + 1
  if (below > source.lineCount) {
    return {
      code: 'CONFIG_YAML_SYNTAX',
      message: 'this value can not stand here',
      hint: 'put it in quotes, or on lines of its own',
    }
  }
  while (below < source.lineCount && /^\s*(?:#.*)?$/.test(source.line(below))) below += 1
  const text = source.line(below)
  const own = text.length - text.trimStart().length
  const start = source.lineStart(below) + own
  return {
    code: 'CONFIG_YAML_INDENT',
    message: `this line is indented as if it belonged to line ${line}, which has a value already`,
    hint: 'fields of the same level start in the same column',
    start,
    end: start + Math.max(1, text.trim().length),
  }
}

function indentation(source: SourceText, line: number): Explained {
  const width = (text: string): number => text.length - text.trimStart().length
  const text = source.line(line)
  const own = width(text)
  const levels = new Set<number>()
  for (let above = line - 1; above > 0; above -= 1) {
    const other = source.line(above)
    if (other.trim() === '' || other.trimStart().startsWith('#')) continue
    levels.add(width(other))
    if (width(other) === 0) break
  }
  const near = [...levels]
    .sort((a, b) => Math.abs(a - own) - Math.abs(b - own))
    .slice(0, 2)
    .sort((a, b) => a - b)
  const start = source.lineStart(line)
  return {
    code: 'CONFIG_YAML_INDENT',
    message: `this line is indented by ${own} ${own === 1 ? 'space' : 'spaces'}, which fits no field above it`,
    hint: near.length > 0 ? `indent it by ${near.join(' or ')}` : 'begin it in the first column',
    start: start + own,
    end: start + Math.max(own + 1, text.trimEnd().length),
  }
}

function unclosed(document: Document, source: SourceText, before: number): Explained {
  let open = -1
  visit(document, {
    Collection(_, node) {
      const range = node.range
      if (node.flow && range && range[0] < before && range[1] >= before - 1) open = Math.max(open, range[0])
    },
  })
  const char = open < 0 ? '' : source.text[open]
  if (char !== '{' && char !== '[')
    return { code: 'CONFIG_YAML_SYNTAX', message: 'a "{" or "[" before this place is not closed' }
  return {
    code: 'CONFIG_YAML_SYNTAX',
    message: `this "${char}" is not closed`,
    hint: `add the "${char === '{' ? '}' : ']'}"`,
    start: open,
    end: open + 1,
  }
}

function unclosedQuote(document: Document, at: number): Explained {
  let open = -1
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && /QUOTE/.test(node.type ?? '') && node.range && node.range[0] < at)
        open = Math.max(open, node.range[0])
    },
  })
  const explained: Explained = {
    code: 'CONFIG_YAML_SYNTAX',
    message: 'this quote is not closed',
    hint: 'end the text with the same quote',
  }
  return open < 0 ? explained : { ...explained, start: open, end: open + 1 }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
