import { Checker } from '../config/check/checker.ts'
import { deepFreeze } from '../config/values/plain.ts'
import { ForgeError } from '../errors/forge-error.ts'
import type { TokenDirectory } from '../money/token.ts'
import type { AnyPlugin } from '../plugin/contract.ts'

/** What is wrong with a node's `with`, one sentence each; and the config its plugin would get. */
export function tryConfig(
  definition: AnyPlugin,
  settings: Readonly<Record<string, unknown>>,
  tokens: TokenDirectory,
): { readonly config: unknown; readonly problems: readonly string[] } {
  const config: unknown = structuredClone(settings)
  const errors = Checker.for(tokens).check(definition.config, config)
  const problems = errors.map(({ instancePath, message, params }) => {
    const extra = 'additionalProperty' in params ? ` ("${String(params['additionalProperty'])}")` : ''
    return `${instancePath === '' ? 'with' : `with${instancePath.replaceAll('/', '.')}`} ${message ?? 'is not allowed'}${extra}`
  })
  return { config: deepFreeze(config), problems }
}

/** Validated, defaulted, frozen, as a pipeline would hand it to the plugin. @throws CONFIG_INVALID */
export function configOf(
  definition: AnyPlugin,
  settings: Readonly<Record<string, unknown>>,
  tokens: TokenDirectory,
): unknown {
  const { config, problems } = tryConfig(definition, settings, tokens)
  if (problems.length === 0) return config
  throw new ForgeError('CONFIG_INVALID', { message: `${definition.kind}/${definition.name}: ${problems.join('; ')}` })
}
