/** Text that is HTML already. Made by `html` only, so that whatever else gets into a page is escaped on its way. */
export class Markup {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** For text that is ours: a style, a script. */
  static trusted(text: string): Markup {
    return new Markup(text)
  }
}

type Part = string | number | Markup | readonly Markup[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * A piece of a page. Texts and numbers put into it are escaped, for content and quoted attributes alike.
 *
 * @example
 * html`<td title="${name}">${name}</td>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return Markup.trusted(strings.reduce((text, piece, place) => text + textOf(parts[place - 1]!) + piece))
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text
  if (typeof part === 'string' || typeof part === 'number')
    return String(part).replace(/[&<>"']/g, character => ENTITIES[character]!)
  return part.map(piece => piece.text).join('')
}

/** Data for a script of the page: JSON in which nothing can end the element it stands in. */
export function jsonData(id: string, value: unknown): Markup {
  const json = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return html`<script type="application/json" id="${id}">${Markup.trusted(json)}</script>`
}
