import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isForgeError } from '../../errors/forge-error.ts'
import { makeDirectory } from '../../store/make-directory.ts'
import { viewStore } from '../../store/store.ts'
import type { Environment } from '../environment.ts'
import type { WalletPlace } from './moved-by-others.ts'

/** Where this user's runs note which data directories trade with a wallet of a chain: a file for each directory. */
function noteFolder(environment: Environment, { genesisHash, wallet }: WalletPlace): string {
  return join(environment.stateDirectory, 'wallets', wallet, genesisHash)
}

/** Notes that a data directory trades with the wallet. @throws STORE_WRITE_FAILED */
export function noteDirectory(environment: Environment, place: WalletPlace, directory: string): void {
  const folder = noteFolder(environment, place)
  makeDirectory(folder)
  const path = realpathSync(directory)
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16)
  writeFileSync(join(folder, name), `${path}\n`, { mode: 0o600 })
}

/** Every data directory that was noted for the wallet, also those that are gone. */
function notedDirectories(environment: Environment, place: WalletPlace): readonly string[] {
  const folder = noteFolder(environment, place)
  try {
    return readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8').trim())
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
    throw thrown
  }
}

/**
 * The other data directories that matter to who trades with the same wallet: a process runs on them, or they have orders
 * open. Neither knows what the other has set aside. A sentence each.
 */
export function otherDirectories(
  environment: Environment,
  place: WalletPlace,
  directory: string,
  now: number,
): readonly string[] {
  const own = realpathSync(directory)
  return notedDirectories(environment, place)
    .filter(path => path !== own)
    .flatMap(path => lineOf(path, place, now) ?? [])
}

function lineOf(path: string, place: WalletPlace, now: number): string | undefined {
  try {
    const store = viewStore(path)
    if (!store) return undefined
    try {
      const holder = store.holder(now)
      const open = store
        .orders({ open: true })
        .filter(({ genesisHash, wallet }) => genesisHash === place.genesisHash && wallet === place.wallet).length
      if (!holder && open === 0) return undefined
      const orders = open === 0 ? 'no open orders' : open === 1 ? 'an open order' : `${open} open orders`
      const who = holder ? `process ${holder.pid} trades there` : 'nobody watches it'
      return `another data directory trades with this wallet: ${path} (${orders}; ${who})`
    } finally {
      store.close()
    }
  } catch (thrown) {
    if (!isForgeError(thrown)) throw thrown
    return `another data directory trades with this wallet, and can not be read: ${path} (${thrown.message})`
  }
}
