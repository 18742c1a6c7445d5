import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** What a plugin imports, and the file of this copy that it gets, below `core/`, without its ending. */
const DOORS: Readonly<Record<string, string>> = { sniperforge: 'index', 'sniperforge/testing': 'testing/index' }

/** Our packages that a plugin may import although its own folder has none: the contract's types come from them. */
const LENT = /^(rxjs|typebox)(\/|$)/

let active = false

/**
 * From now on, whoever imports `sniperforge` gets the copy that is running: its compiled files when compiled, its
 * sources when run from source. A second copy of the framework in a plugin's own `node_modules` would have other
 * classes of the same names, so that errors and schemas would not be recognised. Done once; harmless when repeated.
 */
export function lendOwnCopy(): void {
  if (active) return
  active = true
  const core = dirname(dirname(fileURLToPath(import.meta.url)))
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const door = DOORS[specifier]
      if (door !== undefined) {
        const file = join(core, `${door}${ending}`)
        if (existsSync(file)) return { url: pathToFileURL(file).href, shortCircuit: true }
      }
      try {
        return nextResolve(specifier, context)
      } catch (thrown) {
        if (!LENT.test(specifier) || !isNotFound(thrown)) throw thrown
        return nextResolve(specifier, { ...context, parentURL: import.meta.url })
      }
    },
  })
}

function isNotFound(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
}
