import { messageOf } from '../../errors/forge-error.ts'
import { hintFor } from '../../errors/suggest.ts'
import type { Findings } from '../findings.ts'
import { describeType, entry, joinPath, type MapEntry, type ScalarTree, type Tree, textOf } from '../text/tree.ts'
import { descend } from './descend.ts'
import type { Documents } from './documents.ts'
import { type Reference, spanOf, splitReferences } from './references.ts'

/** What the references of one file mean. */
export interface Scope {
  /** Declared params: a value, a value only a run knows, or (optional and not given) nothing. */
  readonly params: ReadonlyMap<string, Tree | undefined>
  /** `undefined` where there are none; `'forbidden'` inside the settings themselves. */
  readonly settings: Tree | undefined | 'forbidden'
  /** `a param of the pipeline`, `a param of the fragment`: for messages. */
  readonly owner: 'pipeline' | 'fragment'
}

/** The world outside the files. A function answers `null` for what only a run will know. */
export interface Outside {
  env(name: string): string | undefined | null
  secret(name: string): Promise<string | undefined | null>
}

/** Replaces references and includes in trees; what is wrong goes to the findings, and its place becomes unknown. */
export class Resolver {
  readonly #findings: Findings
  readonly #documents: Documents
  readonly #outside: Outside
  /** Paths of settings that something read, as `a.b`; the empty one is all of them. */
  readonly settingsRead = new Set<string>()

  constructor(findings: Findings, documents: Documents, outside: Outside) {
    this.#findings = findings
    this.#documents = documents
    this.#outside = outside
  }

  /** @returns nothing for an optional param that was not given. */
  async resolve(tree: Tree, scope: Scope, path: string, including: readonly string[] = []): Promise<Tree | undefined> {
    switch (tree.type) {
      case 'unknown':
        return tree
      case 'scalar':
        return typeof tree.value === 'string' && tree.value.includes('${') ? this.#text(tree, scope, path) : tree
      case 'list': {
        const items: Tree[] = []
        for (const [index, item] of tree.items.entries()) {
          const value = await this.resolve(item, scope, joinPath(path, index), including)
          if (value) items.push(value)
        }
        return { ...tree, items }
      }
      case 'map': {
        const file = entry(tree, '$file')
        if (file) return this.#include(tree.entries, file, scope, path, including)
        const entries: MapEntry[] = []
        for (const one of tree.entries) {
          const value = await this.resolve(one.value, scope, joinPath(path, one.key), including)
          if (value) entries.push({ ...one, value })
        }
        return { ...tree, entries }
      }
    }
  }

  async #text(leaf: ScalarTree, scope: Scope, path: string): Promise<Tree | undefined> {
    const parts = splitReferences(String(leaf.value))
    const only = parts[0]
    if (parts.length === 1 && only?.type === 'reference') return this.#lookUp(only.reference, leaf, scope, path)
    let text = ''
    let unknown = false
    let opaque = false
    let secret = false
    for (const part of parts) {
      if (part.type === 'text') text += part.text
      else if (part.type === 'trouble') {
        const { raw, message, hint } = part
        this.#findings.add(spanOf(leaf, raw), { code: 'CONFIG_REFERENCE_SYNTAX', path, message, hint })
        unknown = true
      } else {
        const value = await this.#lookUp(part.reference, leaf, scope, path)
        if (value?.type === 'scalar') {
          text += value.value === null ? '' : value.text
          opaque ||= value.shown !== undefined
          secret ||= value.secret === true
        } else {
          if (value && value.type !== 'unknown') {
            const message = `${part.reference.raw} is ${describeType(value)}, which can not stand inside a text`
            this.#findings.add(spanOf(leaf, part.reference.raw), { code: 'CONFIG_TYPE_WRONG', path, message })
          }
          unknown ||= value !== undefined
        }
      }
    }
    if (unknown) return { type: 'unknown', span: leaf.span }
    const shown = opaque ? { shown: String(leaf.value) } : {}
    return {
      type: 'scalar',
      value: text,
      text,
      coercible: true,
      ...shown,
      ...(secret ? { secret } : {}),
      span: leaf.span,
    }
  }

  async #lookUp(reference: Reference, leaf: ScalarTree, scope: Scope, path: string): Promise<Tree | undefined> {
    const span = spanOf(leaf, reference.raw)
    const unknown: Tree = { type: 'unknown', span: leaf.span }
    const [name = '', ...rest] = reference.steps
    switch (reference.scope) {
      case 'params': {
        if (!scope.params.has(name)) {
          const known = [...scope.params.keys()]
          const message = `this ${scope.owner} has no param "${name}"`
          const hint = hintFor(name, known, 'its params') ?? 'declare it under `params`'
          this.#findings.add(span, { code: 'CONFIG_REFERENCE_UNKNOWN', path, message, hint })
          return unknown
        }
        const value = scope.params.get(name)
        return value && rest.length > 0 ? descend(value, rest, `params.${name}`, { span, path }, this.#findings) : value
      }
      case 'settings': {
        if (scope.settings === 'forbidden') {
          const message = 'settings can not refer to settings'
          const hint = 'use a param, or a YAML anchor and alias'
          this.#findings.add(span, { code: 'CONFIG_REFERENCE_UNKNOWN', path, message, hint })
          return unknown
        }
        this.settingsRead.add(reference.steps.join('.'))
        if (scope.settings === undefined) {
          const message = 'this pipeline has no settings'
          this.#findings.add(span, {
            code: 'CONFIG_REFERENCE_UNKNOWN',
            path,
            message,
            hint: 'add them under `settings`',
          })
          return unknown
        }
        return descend(scope.settings, reference.steps, 'settings', { span, path }, this.#findings)
      }
      case 'env': {
        const value = this.#outside.env(name)
        if (value === null) return unknown
        if (value !== undefined) return opaqueText(value, leaf, reference.raw, false)
        const message = `the environment variable ${name} is not set`
        this.#findings.add(span, {
          code: 'CONFIG_ENV_MISSING',
          path,
          message,
          hint: `set it, as in ${name}=… sniperforge …`,
        })
        return unknown
      }
      case 'secret': {
        let value: string | undefined | null
        try {
          value = await this.#outside.secret(name)
        } catch (thrown) {
          const message = `the secret "${name}" can not be read: ${messageOf(thrown)}`
          this.#findings.add(span, { code: 'CONFIG_SECRET_MISSING', path, message })
          return unknown
        }
        if (value === null) return unknown
        if (value !== undefined) return opaqueText(value, leaf, reference.raw, true)
        this.#findings.add(span, {
          code: 'CONFIG_SECRET_MISSING',
          path,
          message: `there is no secret "${name}"`,
          // So that it stands in no shell history and in nobody's list of processes.
          hint: `secrets come from the environment: read -rs ${name} && export ${name}`,
        })
        return unknown
      }
    }
  }

  async #include(
    entries: readonly MapEntry[],
    file: MapEntry,
    scope: Scope,
    path: string,
    including: readonly string[],
  ): Promise<Tree> {
    const unknown: Tree = { type: 'unknown', span: file.value.span }
    for (const other of entries) {
      if (other === file) continue
      const message = `"${other.key}" can not stand beside "$file"`
      const hint = 'put it into the file, or override it with --set'
      this.#findings.add(other.keySpan, {
        code: 'CONFIG_FIELD_UNKNOWN',
        path: joinPath(path, other.key),
        message,
        hint,
      })
    }
    const at = joinPath(path, '$file')
    const name = await this.resolve(file.value, scope, at)
    if (!name || name.type === 'unknown') return unknown
    const wanted = textOf(name)
    if (!wanted) {
      this.#findings.add(name.span, {
        code: 'CONFIG_TYPE_WRONG',
        path: at,
        message: `"$file" has to be the path of a file, not ${describeType(name)}`,
      })
      return unknown
    }
    const given = /^\$\{\s*params\.[\w-]+\s*\}$/.test(textOf(file.value) ?? '')
    const found = await this.#documents.find(wanted, file.value.span.source.name, given ? 'given' : 'written')
    if (!found.document) {
      const hint = found.tried.length > 1 ? `looked for ${found.tried.join(', ')}` : 'check the path'
      this.#findings.add(name.span, {
        code: 'CONFIG_FILE_MISSING',
        path: at,
        message: `can not read "${wanted}": ${found.why}`,
        hint,
      })
      return unknown
    }
    const { document } = found
    const chain = including.length === 0 ? [file.value.span.source.name] : including
    if (chain.includes(document.source.name)) {
      const message = `the files include each other: ${[...chain, document.source.name].join(' → ')}`
      this.#findings.add(name.span, { code: 'CONFIG_FILE_LOOP', path: at, message })
      return unknown
    }
    this.#findings.addAll(document.diagnostics)
    if (!document.tree) return unknown
    const inside: Tree =
      document.tree.type === 'map'
        ? { ...document.tree, entries: document.tree.entries.filter(one => one.key !== '$schema') }
        : document.tree
    return (await this.resolve(inside, scope, path, [...chain, document.source.name])) ?? unknown
  }
}

function opaqueText(value: string, leaf: ScalarTree, raw: string, secret: boolean): ScalarTree {
  const tree: ScalarTree = { type: 'scalar', value, text: value, coercible: true, shown: raw, span: leaf.span }
  return secret ? { ...tree, secret } : tree
}
