import { join } from 'node:path'
import { distance } from 'fastest-levenshtein'
import type { ConfigFiles } from '../../config/files.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { TokenDirectory } from '../../money/token.ts'
import { type EndpointSettings, endpointSettings } from '../endpoints/settings.ts'
import { redactUrl } from '../redact.ts'
import type { Rpc } from '../rpc/rpc.ts'
import { publicNetworkOf } from './networks.ts'
import type { ClusterProfile } from './profile-schema.ts'
import { readProfile } from './read-profile.ts'
import { tokenDirectory } from './token-directory.ts'

/** The profiles that ship in `configs/clusters/`. */
const CLUSTER_NAMES = ['localnet', 'devnet', 'mainnet-beta'] as const

/** A profile with what was given by flag applied. */
export interface Cluster {
  readonly profile: ClusterProfile
  readonly name: string
  /** How to reach it, in the order of preference; at least one. */
  readonly endpoints: readonly EndpointSettings[]
  /** Their URLs. */
  readonly rpcUrls: readonly string[]
  readonly wsUrl: string | undefined
  readonly jupiterUrl: string | undefined
  readonly commitment: 'confirmed' | 'finalized'
  readonly tokens: TokenDirectory
  /** Programs that transactions may call besides Solana's own. */
  readonly venuePrograms: ReadonlySet<string>
  /** Mints that are traded although others can take, lock or stop what is held of them. */
  readonly acceptedMints: ReadonlySet<string>
  explorerLink(signature: string): string | undefined
}

/**
 * A cluster by the name of a shipped profile, or by the path of one's own.
 *
 * @throws CLUSTER_UNKNOWN, CLUSTER_INVALID
 */
export async function openCluster(
  nameOrFile: string,
  options: {
    files: ConfigFiles
    /** `configs/clusters` of the package. */
    directory: string
    /** In place of the profile's endpoints. */
    rpcUrl?: string
  },
): Promise<Cluster> {
  const { files, directory } = options
  const shipped = new Map<string, ClusterProfile>()
  for (const name of CLUSTER_NAMES) {
    const file = join(directory, `${name}.yaml`)
    shipped.set(name, readProfile(await files.readText(file), file))
  }
  const profile = shipped.get(nameOrFile) ?? (await readOwn(nameOrFile, files))
  const { explorer, jupiterUrl, wsUrl } = profile
  const endpoints = (options.rpcUrl === undefined ? profile.rpcUrls : [options.rpcUrl]).map(endpointSettings)
  const rpcUrls = endpoints.map(({ url }) => url)
  return {
    profile,
    name: profile.name,
    endpoints,
    rpcUrls,
    // A profile's WebSocket belongs to its own endpoints.
    wsUrl: options.rpcUrl === undefined ? wsUrl : undefined,
    jupiterUrl: jupiterUrl?.replace('{rpc}', (rpcUrls[0] ?? '').replace(/\/+$/, '')),
    commitment: profile.commitment ?? 'confirmed',
    tokens: tokenDirectory(profile, [...shipped.values()]),
    venuePrograms: new Set(Object.values(profile.programs ?? {})),
    acceptedMints: new Set(profile.tokens.flatMap(({ acceptExtensions, mint }) => (acceptExtensions ? [mint] : []))),
    explorerLink: signature => explorer?.replace('{signature}', signature),
  }
}

/**
 * Asks the endpoint which network it is; answers its genesis hash.
 *
 * @throws CLUSTER_MISMATCH when it is not the profile's; what `Rpc` throws.
 */
export async function verifyGenesis(profile: ClusterProfile, rpc: Pick<Rpc, 'genesisHash' | 'url'>): Promise<string> {
  const actual = await rpc.genesisHash()
  const network = publicNetworkOf(actual)
  const matches = profile.genesisHash === 'private' ? network === undefined : profile.genesisHash === actual
  if (matches) return actual
  throw new ForgeError('CLUSTER_MISMATCH', {
    message: `${redactUrl(rpc.url)} is ${network ?? `a chain with genesis hash ${actual}`}, not ${profile.name}`,
    remedy: network ? `Give --cluster ${network}, or another --rpc-url.` : 'Check --cluster and --rpc-url.',
    context: { cluster: profile.name, expected: profile.genesisHash, actual },
  })
}

async function readOwn(path: string, files: ConfigFiles): Promise<ClusterProfile> {
  if (!(await files.exists(path))) throw unknownCluster(path)
  return readProfile(await files.readText(path), path)
}

function unknownCluster(written: string): ForgeError {
  const near = CLUSTER_NAMES.find(name => distance(written, name) <= 3)
  const known = `${CLUSTER_NAMES.join(', ')}, or the path of a profile`
  return new ForgeError('CLUSTER_UNKNOWN', {
    message: `there is no cluster "${written}", nor a file of that name`,
    remedy: near ? `Did you mean "${near}"?` : `Give ${known}.`,
    context: { written },
  })
}
