import type { Diagnostic } from '../diagnostic.ts'
import { Findings } from '../findings.ts'
import { MAX_BYTES } from './limits.ts'
import { readJson } from './read-json.ts'
import { readYaml } from './read-yaml.ts'
import { SourceText } from './source-text.ts'
import type { Tree } from './tree.ts'

/** A file that was read: its parts with their places, as far as it could be understood. */
export interface LocatedDocument {
  readonly source: SourceText
  /** Absent when the text could not be parsed. */
  readonly tree: Tree | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Parses YAML, or JSON when the name says so. Never throws for what the text is. */
export function readDocument(name: string, text: string): LocatedDocument {
  const findings = new Findings()
  const source = new SourceText(name, text.replace(/^\ufeff/, ''))
  if (text.length > MAX_BYTES) {
    const message = `the file has ${text.length} characters; the limit is ${MAX_BYTES}`
    findings.add(source.span(0, 1), { code: 'CONFIG_TOO_LARGE', path: '', message })
    return { source: new SourceText(name, ''), tree: undefined, diagnostics: findings.sorted() }
  }
  const tree = /\.json$/i.test(name) ? readJson(source, findings) : readYaml(source, findings)
  return { source, tree, diagnostics: findings.sorted() }
}
