import { spawnSync } from 'node:child_process'
import { ROOT } from './command.ts'

/**
 * Builds once before the suites: the end-to-end tests run what users run. What is built already is not built again, and
 * a run of other suites alone needs no build.
 */
export default function setup(): void {
  const filters = process.argv.slice(2).filter(word => word.includes('/') && !word.endsWith('vitest.config.ts'))
  if (filters.length > 0 && !filters.some(filter => filter.includes('e2e'))) return
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`)
}
