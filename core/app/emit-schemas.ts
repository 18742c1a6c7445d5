import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCodesPage } from '../errors/list-codes.ts'
import { packageFile } from './package-root.ts'
import { schemaFiles } from './schema-files.ts'

/**
 * Writes `schemas/` and the page about error codes; with `--check` writes nothing and exits 1 when a file is not what
 * would be written.
 *
 * Usage: node core/app/emit-schemas.ts [--check]
 */
const root = packageFile('schemas')
const files = schemaFiles()
const left = globSync('**/*.json', { cwd: root }).filter(path => !files.has(path))
const stale = [...files].filter(([path, text]) => {
  const file = join(root, path)
  return !existsSync(file) || readFileSync(file, 'utf8') !== text
})

const page = packageFile('core/errors/README.md')
const isPageStale = !existsSync(page) || readFileSync(page, 'utf8') !== errorCodesPage()

if (process.argv.includes('--check')) {
  const wrong = [...stale.map(([path]) => path), ...left].sort()
  if (isPageStale) wrong.push('../core/errors/README.md')
  if (wrong.length > 0) {
    process.stderr.write(`Stale in schemas/: ${wrong.join(', ')}. Run \`npm run emit\`.\n`)
    process.exitCode = 1
  }
} else {
  for (const path of left) rmSync(join(root, path))
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  if (isPageStale) writeFileSync(page, errorCodesPage())
}
