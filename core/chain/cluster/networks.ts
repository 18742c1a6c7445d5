/** Genesis hashes of the public networks. Source: `getGenesisHash` of each. */
export const PUBLIC_NETWORKS = {
  'mainnet-beta': '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d',
  devnet: 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG',
  testnet: '4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY',
} as const

/** The public network of a genesis hash; undefined for any other chain. */
export function publicNetworkOf(genesisHash: string): string | undefined {
  return Object.entries(PUBLIC_NETWORKS).find(([, hash]) => hash === genesisHash)?.[0]
}
