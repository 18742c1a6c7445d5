import { run, settings } from '@oclif/core'
import { packageRoot } from '../app/package-root.ts'
import { watchOutput } from './terminal/lost-output.ts'

/** What `bigint-buffer`, which the SDKs of DEXes bring, says of itself: its native code is left unbuilt on purpose. */
const NOBODYS_CONCERN = 'bigint: Failed to load bindings'

/**
 * Runs one command line and answers its exit code. Whatever is thrown ends here: as text on stderr, or with `--json`
 * as the one document on stdout.
 */
export async function main(argv: readonly string[]): Promise<number> {
  // What runs is what was built: oclif would otherwise look for TypeScript sources when NODE_ENV says development.
  settings.tsnodeEnabled = false
  const { warn } = console
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).startsWith(NOBODYS_CONCERN)) warn.apply(console, words)
  }
  watchOutput()
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
