import { hintFor } from '../../errors/suggest.ts'
import type { WalletSource } from '../bound-pipeline.ts'
import type { Checker } from '../check/checker.ts'
import { explain } from '../check/explain.ts'
import type { Findings } from '../findings.ts'
import { SourceText, type Span } from '../text/source-text.ts'
import { entry, field, joinPath, type MapEntry, type MapTree, type Tree, textOf } from '../text/tree.ts'
import type { Documents } from '../values/documents.ts'
import { toPlain } from '../values/plain.ts'
import type { Resolver, Scope } from '../values/resolve.ts'
import { WALLET_SCHEMA } from './document-schema.ts'

/** The wallets that a pipeline names. */
export interface NamedWallets {
  /** Each with its place, also those that something is wrong with. */
  readonly entries: readonly MapEntry[]
  readonly sources: Readonly<Record<string, WalletSource>>
}

/** Reads the `wallets` of a pipeline. Only where a key is: nothing is opened. */
export async function readWallets(
  tree: Tree | undefined,
  scope: Scope,
  reading: {
    readonly resolver: Resolver
    readonly documents: Documents
    readonly checker: Checker
    readonly findings: Findings
  },
): Promise<NamedWallets> {
  const written = field(tree, 'wallets')
  if (written?.type !== 'map') return { entries: [], sources: {} }
  const sources: Record<string, WalletSource> = {}
  for (const one of written.entries) {
    const path = joinPath('wallets', one.key)
    const resolved = await reading.resolver.resolve(one.value, scope, path)
    if (resolved?.type !== 'map') continue
    const { value, unknown } = toPlain(resolved, WALLET_SCHEMA)
    const errors = reading.checker.check(WALLET_SCHEMA, value)
    explain(errors, { tree: resolved, path, place: one.keySpan, unknown, owner: 'a wallet' }, reading.findings)
    const isRight = checkFields(resolved, path, reading.findings)
    if (!isRight || errors.length > 0 || unknown.size > 0) continue
    const source = value as WalletSource
    const file = field(resolved, 'file')
    sources[one.key] =
      source.file === undefined || file === undefined
        ? source
        : { file: pathOf(source.file, file, field(one.value, 'file'), reading.documents) }
  }
  return { entries: written.entries, sources }
}

/** Whether the fields of a wallet go together, and nothing secret is written into the file. */
function checkFields(wallet: MapTree, path: string, findings: Findings): boolean {
  const [file, secret, derivation] = ['file', 'secret', 'derivation'].map(key => entry(wallet, key))
  if (file && secret) {
    const message = '"secret" can not stand beside "file": a wallet has one key'
    findings.add(secret.keySpan, { code: 'CONFIG_FIELD_UNKNOWN', path: joinPath(path, 'secret'), message })
    return false
  }
  if (derivation && !secret) {
    const message = '"derivation" is for the seed phrase of a "secret"'
    const hint = 'take it out'
    findings.add(derivation.keySpan, {
      code: 'CONFIG_FIELD_UNKNOWN',
      path: joinPath(path, 'derivation'),
      message,
      hint,
    })
    return false
  }
  if (secret?.value.type !== 'scalar' || secret.value.secret) return true
  const message = "a wallet's secret stands in no file"
  const hint = 'write "${secret.NAME}", and set the environment variable NAME: read -rs NAME && export NAME'
  const span = masked(secret.keySpan, secret.value.span)
  findings.add(span, { code: 'CONFIG_SECRET_CLEAR', path: joinPath(path, 'secret'), message, hint })
  return false
}

/** A place in a text in which the secret can not be read: the line is shown. */
function masked(span: Span, secret: Span): Span {
  const { name, text } = span.source
  if (secret.source !== span.source) return span
  const hidden = text.slice(secret.start, secret.end).replace(/[^\s]/g, '*')
  return { ...span, source: new SourceText(name, text.slice(0, secret.start) + hidden + text.slice(secret.end)) }
}

/** A path in a file is relative to that file; one that a flag gave is taken as given. */
function pathOf(path: string, resolved: Tree, written: Tree | undefined, documents: Documents): string {
  const isGiven = /^\$\{\s*params\.[\w-]+\s*\}$/.test(textOf(written) ?? '')
  return isGiven ? path : documents.beside(path, resolved.span.source.name)
}

/** For who names a wallet that is not there. */
export function unknownWalletHint(name: string, wallets: NamedWallets): string {
  const names = wallets.entries.map(one => one.key)
  return (
    hintFor(name, names, 'the wallets are') ??
    'name it under `wallets`, as in `wallets: {savings: {file: savings.json}}`'
  )
}
