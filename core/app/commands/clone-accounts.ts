import { createHttp } from '../../chain/http.ts'
import { type ClonedFile, cloneAccounts } from '../../localnet/clone/clone.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { findCluster } from '../network/cluster-choice.ts'

/** Copies accounts and programs of a cluster or endpoint into a folder. */
export async function cloneInto(options: {
  readonly from: string
  readonly to: string
  readonly addresses: readonly string[]
}): Promise<{ readonly document: 'clone'; readonly version: 1; readonly files: readonly ClonedFile[] }> {
  const from = /^https?:\/\//.test(options.from) ? options.from : (await findCluster(options.from)).rpcUrls[0]!
  const http = createHttp(createRealClock())
  try {
    return { document: 'clone', version: 1, files: await cloneAccounts({ ...options, from, fetch: http.fetch }) }
  } finally {
    await http.close()
  }
}
