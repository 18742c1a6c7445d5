import { Checker } from '../../config/check/checker.ts'
import { deepFreeze } from '../../config/values/plain.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { TokenDirectory } from '../../money/token.ts'
import type { AnyPlugin } from '../../plugin/contract.ts'

/**
 * A plugin's config that no file has: defaulted, checked, frozen.
 *
 * @param owner What a message calls it, as in `venueConfig.orca`
 * @throws CONFIG_INVALID
 */
export function checkedConfig(plugin: AnyPlugin, config: unknown, tokens: TokenDirectory, owner: string): unknown {
  const value: unknown = structuredClone(config)
  const problems = Checker.for(tokens)
    .check(plugin.config, value)
    .map(
      ({ instancePath, message }) => `${instancePath.slice(1).replaceAll('/', '.') || 'it'} ${message ?? 'is wrong'}`,
    )
  if (problems.length === 0) return deepFreeze(value)
  throw new ForgeError('CONFIG_INVALID', { message: `${owner}: ${problems.join('; ')}` })
}
