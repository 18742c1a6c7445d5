import { distance } from 'fastest-levenshtein'
import { ForgeError } from '../../errors/forge-error.ts'
import type { Token, TokenDirectory } from '../../money/token.ts'
import type { ClusterProfile } from './profile-schema.ts'

/** The tokens of a profile. `others` are profiles whose mints are recognised only to say that they are not of here. */
export function tokenDirectory(profile: ClusterProfile, others: readonly ClusterProfile[] = []): TokenDirectory {
  const tokens = tokensOf(profile)
  const bySymbol = new Map(tokens.map(token => [token.symbol.toUpperCase(), token]))
  const byMint = new Map(tokens.map(token => [token.mint, token]))
  return {
    cluster: profile.name,
    tokens,
    find: symbolOrMint => {
      const found = byMint.get(symbolOrMint) ?? bySymbol.get(symbolOrMint.toUpperCase())
      if (found) return found
      throw unknownToken(symbolOrMint, tokens, profile.name, others)
    },
  }
}

/** The directory with tokens that its profile does not name: they are found by their mint alone. */
export function withTokens(directory: TokenDirectory, more: readonly Token[]): TokenDirectory {
  const byMint = new Map(more.map(token => [token.mint, token]))
  const added = [...byMint.values()].filter(token => !directory.tokens.some(({ mint }) => mint === token.mint))
  if (added.length === 0) return directory
  return {
    ...directory,
    tokens: [...directory.tokens, ...added],
    find: symbolOrMint => added.find(({ mint }) => mint === symbolOrMint) ?? directory.find(symbolOrMint),
  }
}

function tokensOf(profile: ClusterProfile): readonly Token[] {
  return profile.tokens.map(({ symbol, mint, decimals, program = 'spl-token' }) =>
    Object.freeze({ cluster: profile.name, mint, symbol, decimals, program }),
  )
}

function unknownToken(
  written: string,
  tokens: readonly Token[],
  cluster: string,
  others: readonly ClusterProfile[],
): ForgeError {
  const known = `${cluster} knows ${tokens.map(token => token.symbol).join(', ')}.`
  const context = { written, cluster }
  for (const other of others) {
    if (other.name === cluster) continue
    const foreign = other.tokens.find(token => token.mint === written)
    if (!foreign) continue
    const same = tokens.find(token => token.symbol === foreign.symbol)
    return new ForgeError('TOKEN_UNKNOWN', {
      message: `${written} is ${foreign.symbol} of ${other.name}, not of ${cluster}`,
      remedy: same ? `Write ${same.symbol}: on ${cluster} it is ${same.mint}.` : known,
      context,
    })
  }
  const near = nearestSymbol(written, tokens)
  return new ForgeError('TOKEN_UNKNOWN', {
    message: `${cluster} has no token "${written}"`,
    remedy: near ? `Did you mean "${near}"? ${known}` : `${known} Another token can be added to the cluster file.`,
    context,
  })
}

function nearestSymbol(written: string, tokens: readonly Token[]): string | undefined {
  const ranked = tokens
    .map(({ symbol }) => ({ symbol, far: distance(written.toUpperCase().slice(0, 64), symbol.toUpperCase()) }))
    .sort((a, b) => a.far - b.far)
  const best = ranked[0]
  return best && best.far <= Math.max(1, Math.floor(best.symbol.length / 2)) ? best.symbol : undefined
}
