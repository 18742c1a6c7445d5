import { type Cluster, openCluster } from '../../chain/cluster/cluster.ts'
import { diskFiles } from '../../config/files.ts'
import { packageFile } from '../package-root.ts'

/** The cluster of a `--cluster` and `--rpc-url`. @throws CLUSTER_UNKNOWN, CLUSTER_INVALID */
export function findCluster(nameOrFile: string, rpcUrl?: string): Promise<Cluster> {
  const directory = packageFile('configs', 'clusters')
  return openCluster(nameOrFile, { files: diskFiles, directory, ...(rpcUrl === undefined ? {} : { rpcUrl }) })
}

/** Whether the cluster's chain is the one in this process. */
export function isEmbedded(cluster: Cluster, rpcUrl: string | undefined): boolean {
  return cluster.name === 'localnet' && rpcUrl === undefined
}
