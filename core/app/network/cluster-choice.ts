import { type Cluster, openCluster } from '../../chain/cluster/cluster.ts'
import { diskFiles } from '../../config/files.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { packageFile } from '../package-root.ts'

/** The cluster of a `--cluster` and `--rpc-url`. @throws CLUSTER_UNKNOWN, CLUSTER_INVALID, FLAG_INVALID for the URL */
export async function findCluster(nameOrFile: string, rpcUrl?: string): Promise<Cluster> {
  if (rpcUrl !== undefined && !/^https?:$/.test(URL.parse(rpcUrl)?.protocol ?? '')) {
    throw new ForgeError('FLAG_INVALID', {
      message: '--rpc-url is not an HTTP URL',
      remedy: 'As in http://127.0.0.1:8899.',
    })
  }
  const directory = packageFile('configs', 'clusters')
  return openCluster(nameOrFile, { files: diskFiles, directory, ...(rpcUrl === undefined ? {} : { rpcUrl }) })
}

/** Whether the cluster's chain is the one in this process. */
export function isEmbedded(cluster: Cluster, rpcUrl: string | undefined): boolean {
  return cluster.name === 'localnet' && rpcUrl === undefined
}
