import { execFileSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './command.ts'

/** Builds once before the suite when a source is newer than what was built. */
export default function setup(): void {
  const built = join(ROOT, 'dist/core/cli/bin.js')
  const newest = Math.max(
    ...globSync(['core/**/*.ts', 'plugins/**/*.ts', 'core/tsconfig.build.json'], { cwd: ROOT }).map(
      file => statSync(join(ROOT, file)).mtimeMs,
    ),
  )
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'core/tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' })
}
