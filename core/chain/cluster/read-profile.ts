import Value from 'typebox/value'
import { parse } from 'yaml'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import { CLUSTER_PROFILE, type ClusterProfile } from './profile-schema.ts'

/** A profile from YAML or JSON. @throws CLUSTER_INVALID with every problem at once. */
export function readProfile(text: string, file: string): ClusterProfile {
  let value: unknown
  try {
    value = parse(text, { maxAliasCount: 10 })
  } catch (cause) {
    throw invalid(file, [messageOf(cause).split('\n')[0] ?? ''])
  }
  if (!Value.Check(CLUSTER_PROFILE, value)) {
    const problems = [...Value.Errors(CLUSTER_PROFILE, value)]
      // What the parent says already: it must not have this field.
      .filter(error => error.keyword !== 'boolean')
      .map(error => `${error.instancePath || 'the profile'} ${error.message}${strangers(error.params)}`)
    throw invalid(file, problems)
  }
  const problems = [...duplicates(value.tokens, 'symbol'), ...duplicates(value.tokens, 'mint')]
  if (problems.length > 0) throw invalid(file, problems)
  return value
}

/** The names of unknown fields. */
function strangers(params: object): string {
  const names = 'additionalProperties' in params ? params.additionalProperties : undefined
  return Array.isArray(names) ? ` (${names.join(', ')})` : ''
}

function duplicates(tokens: ClusterProfile['tokens'], field: 'symbol' | 'mint'): string[] {
  const seen = new Set<string>()
  return tokens.flatMap(token => {
    const key = field === 'symbol' ? token.symbol.toUpperCase() : token.mint
    if (seen.has(key)) return [`two tokens have the ${field} ${token[field]}`]
    seen.add(key)
    return []
  })
}

function invalid(file: string, problems: readonly string[]): ForgeError {
  return new ForgeError('CLUSTER_INVALID', {
    message: `${file}: ${problems.join('; ')}`,
    context: { file, problems },
  })
}
