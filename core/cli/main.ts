import { run, settings } from '@oclif/core'
import { packageRoot } from '../app/package-root.ts'

/**
 * Runs one command line and answers its exit code. Whatever is thrown ends here: as text on stderr, or with `--json`
 * as the one document on stdout.
 */
export async function main(argv: readonly string[]): Promise<number> {
  // What runs is what was built: oclif would otherwise look for TypeScript sources when NODE_ENV says development.
  settings.tsnodeEnabled = false
  try {
    const exitCode: unknown = await run([...argv], { root: packageRoot() })
    return typeof exitCode === 'number' ? exitCode : 0
  } catch (thrown) {
    const { closingOf } = await import('./terminal/parse-errors.ts')
    const closing = closingOf(thrown)
    if (closing !== undefined) return closing
    const separator = argv.indexOf('--')
    const asked = separator === -1 ? argv : argv.slice(0, separator)
    const { renderFailure } = await import('./terminal/failure.ts')
    return renderFailure(thrown, { json: asked.includes('--json') })
  }
}
