import { API_VERSION, type Method } from '../method.ts'
import { addressAt, configAt, wholeNumber } from '../params.ts'
import { LEADER } from './slot-methods.ts'

/** The first four bytes of Agave's feature set hash, as mainnet nodes of this version report it. */
const FEATURE_SET = 3_604_001_754

export const CLUSTER_METHODS: Readonly<Record<string, Method>> = {
  getHealth: () => 'ok',
  getVersion: () => ({ 'feature-set': FEATURE_SET, 'solana-core': API_VERSION }),
  getGenesisHash: context => context.genesisHash,
  getIdentity: () => ({ identity: LEADER }),

  getClusterNodes: () => [],

  requestAirdrop(context, params) {
    const to = addressAt(params, 0)
    const lamports = wholeNumber(params[1], 'lamports')
    configAt(params, 2)
    return context.airdrop(to, BigInt(lamports))
  },
}
