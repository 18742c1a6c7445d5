/** How one RPC endpoint is used. */
export interface EndpointSettings {
  readonly url: string
  /** Requests of all kinds in any ten seconds; undefined: no limit of ours. */
  readonly requestsPer10s?: number | undefined
  /** Requests of one method in any ten seconds. */
  readonly perMethodPer10s?: number | undefined
  /** Whether a read that takes longer than usual is asked of another endpoint, too; the first answer counts. */
  readonly hedge?: boolean | undefined
}

/** What the free endpoints of the public networks take from one address. Source: Solana's documentation. */
const PUBLIC_LIMITS = { requestsPer10s: 100, perMethodPer10s: 40 } as const
const PUBLIC_HOST = /^api\.(mainnet-beta|mainnet|devnet|testnet)\.solana\.com$/

/** An entry of a profile's `rpcUrls`, with the known limits of public endpoints where it names none. */
export function endpointSettings(entry: string | EndpointSettings): EndpointSettings {
  const given = typeof entry === 'string' ? { url: entry } : entry
  return PUBLIC_HOST.test(URL.parse(given.url)?.hostname ?? '') ? { ...PUBLIC_LIMITS, ...given } : given
}
