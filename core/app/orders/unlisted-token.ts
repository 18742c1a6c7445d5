import type { Cluster } from '../../chain/cluster/cluster.ts'
import { withTokens } from '../../chain/cluster/token-directory.ts'
import { type MintFacts, mintFacts } from '../../chain/mint/mint-facts.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { formatUnits } from '../../money/amount.ts'
import type { Token } from '../../money/token.ts'
import { openChain } from '../network/open-chain.ts'
import type { RunOptions } from '../run/run-options.ts'

const MINT = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/

/**
 * The cluster with the tokens that were named by a mint address and are in no list: each is read from the chain, shown
 * with who can make more of it or freeze it, and needs a yes.
 *
 * @throws TOKEN_UNKNOWN for an address that is no mint; YES_NEEDED
 */
export async function withUnlisted(
  cluster: Cluster,
  written: readonly unknown[],
  options: Pick<RunOptions, 'rpcUrl' | 'seed' | 'marketFile' | 'dataDirectory' | 'output'> & {
    readonly wallet: string
    readonly confirm: (question: string) => Promise<void>
  },
): Promise<Cluster> {
  const known = (mint: string): boolean => cluster.tokens.tokens.some(token => token.mint === mint)
  const mints = written.filter(text => typeof text === 'string').filter(text => MINT.test(text) && !known(text))
  if (mints.length === 0) return cluster
  const found: Token[] = []
  for (const [mint, facts] of await readMints(cluster, [...new Set(mints)], options)) {
    for (const line of factLines(mint, facts, cluster.name)) options.output.line(line)
    await options.confirm(`Trade ${mint}, which is in no list of tokens?`)
    const { decimals, program } = facts
    found.push({ cluster: cluster.name, mint, symbol: `${mint.slice(0, 4)}..${mint.slice(-4)}`, decimals, program })
  }
  return { ...cluster, tokens: withTokens(cluster.tokens, found) }
}

async function readMints(
  cluster: Cluster,
  mints: readonly string[],
  options: Parameters<typeof withUnlisted>[2],
): Promise<readonly (readonly [string, MintFacts])[]> {
  const look = { speed: undefined, dryRun: true, look: true, onNotice: () => undefined } as const
  const connection = await openChain(cluster, { ...options, ...look })
  try {
    const accounts = await connection.drive(connection.endpoints.rpc.accounts(mints, 'confirmed'))
    return mints.map((mint, index) => {
      const facts = mintFacts(accounts[index])
      if (facts) return [mint, facts]
      throw new ForgeError('TOKEN_UNKNOWN', {
        message: `${mint} is no mint on ${cluster.name}`,
        remedy: 'Check the address, and --cluster.',
      })
    })
  } finally {
    await connection.close()
  }
}

function factLines(mint: string, facts: MintFacts, cluster: string): string[] {
  const { program, decimals, supply, mintAuthority, freezeAuthority, extensions } = facts
  return [
    `${mint} is in no list of tokens of ${cluster}. Its mint says:`,
    `  program           ${program === 'token-2022' ? 'Token-2022' : 'SPL Token'}, ${decimals} decimals`,
    `  supply            ${formatUnits(supply, decimals)}`,
    `  mint authority    ${mintAuthority === undefined ? 'none: there will never be more' : `${mintAuthority} can make more of it`}`,
    `  freeze authority  ${freezeAuthority === undefined ? 'none' : `${freezeAuthority} can freeze what you hold`}`,
    ...(program === 'token-2022'
      ? [`  extensions        ${extensions.length === 0 ? 'none' : extensions.join(', ')}`]
      : []),
  ]
}
