import type { Span } from '../text/source-text.ts'
import type { ScalarTree } from '../text/tree.ts'

const SCOPES = ['params', 'settings', 'env', 'secret'] as const
type ReferenceScope = (typeof SCOPES)[number]

/** One `${scope.a.b}` of a text. */
export interface Reference {
  readonly scope: ReferenceScope
  /** Empty for a whole scope, as in `${settings}`. */
  readonly steps: readonly string[]
  /** As written, with the braces. */
  readonly raw: string
}

/** A piece of a text that is no reference; `raw` of what can't be read. */
export type TextPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reference'; readonly reference: Reference }
  | { readonly type: 'trouble'; readonly raw: string; readonly message: string; readonly hint: string }

const STEP = /^[\w-]+$/

/** Splits a text into plain parts and references; `$${` stands for a plain `${`. */
export function splitReferences(text: string): readonly TextPart[] {
  if (!text.includes('${')) return [{ type: 'text', text }]
  const parts: TextPart[] = []
  let plain = ''
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('${', at)
    if (open < 0) break
    if (text[open - 1] === '$' && open > at) {
      plain += `${text.slice(at, open - 1)}\${`
      at = open + 2
      continue
    }
    plain += text.slice(at, open)
    if (plain !== '') parts.push({ type: 'text', text: plain })
    plain = ''
    const close = text.indexOf('}', open)
    const raw = close < 0 ? text.slice(open) : text.slice(open, close + 1)
    parts.push(close < 0 ? trouble(raw, `"${shorten(raw)}" has no "}"`) : reference(raw))
    at = open + raw.length
  }
  plain += text.slice(at)
  if (plain !== '') parts.push({ type: 'text', text: plain })
  return parts
}

function reference(raw: string): TextPart {
  const inside = raw.slice(2, -1).trim()
  const [scope, ...steps] = inside.replace(/\[(\d+)\]/g, '.$1').split('.')
  if (!SCOPES.includes(scope as ReferenceScope)) {
    return trouble(raw, `"${shorten(raw)}" begins with none of ${SCOPES.join(', ')}`)
  }
  if (!steps.every(step => STEP.test(step))) return trouble(raw, `"${shorten(raw)}" is not a name`)
  if (steps.length === 0 && scope !== 'settings') return trouble(raw, `"${shorten(raw)}" names nothing`)
  if ((scope === 'env' || scope === 'secret') && steps.length !== 1) {
    return trouble(raw, `"${shorten(raw)}" has a dot too many`)
  }
  return { type: 'reference', reference: { scope: scope as ReferenceScope, steps, raw } }
}

function trouble(raw: string, message: string): TextPart {
  return {
    type: 'trouble',
    raw,
    message,
    hint: 'write ${params.name}, ${settings.name}, ${env.NAME} or ${secret.NAME}; $${ for a plain ${',
  }
}

function shorten(raw: string): string {
  return raw.length > 40 ? `${raw.slice(0, 37)}…` : raw
}

/** The place of a reference inside the text that holds it. */
export function spanOf(leaf: ScalarTree, raw: string): Span {
  const { source, start, end } = leaf.span
  const at = source.text.indexOf(raw, start)
  return at >= 0 && at + raw.length <= end ? source.span(at, at + raw.length) : leaf.span
}

/** Every reference in a tree's texts, in order. */
export function referencesIn(text: string): readonly Reference[] {
  return splitReferences(text).flatMap(part => (part.type === 'reference' ? [part.reference] : []))
}
