import { createHash, type Hash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { BoundPipeline } from '../../../config/bound-pipeline.ts'
import type { OutsidePlugin } from '../../bind-pipeline.ts'

const CODE = '**/*.{ts,mts,js,mjs,json}'
const LOCAL_IMPORT = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

/** A hash of the code that runs here, plugins that are built in among it: a version says too little while it is worked on. */
export function ownCodeVersion(): string {
  // Where `core` and `plugins` lie, as source or compiled.
  const root = resolve(import.meta.dirname, '..', '..', '..', '..')
  const hash = createHash('sha256')
  for (const folder of ['core', 'plugins']) {
    const files = globSync(CODE, { cwd: join(root, folder) }).toSorted()
    for (const file of files) hash.update(`${folder}/${file}\n`).update(readFileSync(join(root, folder, file)))
  }
  return hash.digest('hex')
}

/** What the code of plugins from outside is, of those that a pipeline uses: a package's version, a file's text. */
export function outsideVersions({ nodes }: BoundPipeline, plugins: readonly OutsidePlugin[]): string {
  const hash = createHash('sha256')
  for (const { definition, file, origin } of plugins) {
    if (!nodes.some(({ plugin }) => plugin === definition)) continue
    hash.update(`${definition.kind}/${definition.name}\n`)
    if (origin.from === 'package') hash.update(`${origin.name} ${origin.version}\n`)
    if (file !== undefined) addFile(hash, file, new Set())
  }
  return hash.digest('hex')
}

/** A file, and those that it imports by a relative path. */
function addFile(hash: Hash, file: string, seen: Set<string>): void {
  if (seen.has(file) || !existsSync(file)) return
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  hash.update(text)
  for (const [, path] of text.matchAll(LOCAL_IMPORT)) addFile(hash, resolve(dirname(file), path!), seen)
}
