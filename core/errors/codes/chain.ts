import { codeTable } from '../exit-code.ts'

/** Clusters, wallets, RPC, transactions. */
export const CHAIN_CODES = codeTable({
  CLUSTER_MISMATCH: {
    exit: 78,
    meaning: 'The RPC endpoint belongs to another network than the cluster profile.',
    remedy: 'Check --cluster and --rpc-url.',
  },
})
