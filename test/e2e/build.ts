import { spawnSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './command.ts'

/**
 * Builds once before the suites when a source is newer than what was built: the end-to-end tests run what users run.
 * A run of other suites alone needs no build. Whether the types are right is for the type check to say.
 */
export default function setup(): void {
  const filters = process.argv.slice(2).filter(word => word.includes('/') && !word.endsWith('vitest.config.ts'))
  if (filters.length > 0 && !filters.some(filter => filter.includes('e2e'))) return
  const built = join(ROOT, 'dist/core/cli/bin.js')
  const newest = Math.max(
    ...globSync(['core/**/*.ts', 'plugins/**/*.ts', 'core/localnet/program/swap.so'], { cwd: ROOT }).map(
      file => statSync(join(ROOT, file)).mtimeMs,
    ),
  )
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return
  const { stdout, stderr } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, encoding: 'utf8' })
  if (!existsSync(built) || statSync(built).mtimeMs < newest) throw new Error(`the build failed:\n${stdout}${stderr}`)
}
