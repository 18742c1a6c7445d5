import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory for the embedded chain, and what gives it back. */
export interface ChainDirectory {
  readonly path: string | undefined
  release(): void
}

/**
 * Where the embedded chain of a data directory is kept. A dry run works on a copy, so that it moves neither the chain
 * nor its time.
 */
export function chainDirectory(dataDirectory: string | undefined, options: { readonly copy: boolean }): ChainDirectory {
  const nothing = (): void => undefined
  if (dataDirectory === undefined) return { path: undefined, release: nothing }
  const path = join(dataDirectory, 'chain')
  if (!options.copy) return { path, release: nothing }
  if (!existsSync(path)) return { path: undefined, release: nothing }
  const copy = mkdtempSync(join(tmpdir(), 'sniperforge-dry-run-'))
  cpSync(path, copy, { recursive: true })
  return { path: copy, release: () => rmSync(copy, { recursive: true, force: true }) }
}
