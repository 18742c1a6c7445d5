import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { base58 } from '@scure/base'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import { makeDirectory } from '../../store/make-directory.ts'
import type { Fetch } from '../in-process-fetch.ts'
import { type AccountJson, accountFileText, isAccountJson, isAddress, parseJsonWithLamports } from './account-file.ts'
import { CLOCK_SYSVAR } from './clock-file.ts'

const UPGRADEABLE_LOADER = 'BPFLoaderUpgradeab1e11111111111111111111111'
const PLAIN_LOADERS: ReadonlySet<string> = new Set([
  'BPFLoader1111111111111111111111111111111111',
  'BPFLoader2111111111111111111111111111111111',
])
/** A program account of the upgradeable loader: its kind, then the address of its data. */
const PROGRAM_KIND = 2
const PROGRAM_DATA_ADDRESS_OFFSET = 4
/** In the program data account the ELF follows kind, slot and upgrade authority. */
const PROGRAM_DATA_ELF_OFFSET = 45
const ACCOUNTS_PER_REQUEST = 100

export interface ClonedFile {
  readonly address: string
  readonly file: string
  readonly kind: 'program' | 'account' | 'clock'
}

/**
 * Fetches accounts from an RPC and writes them as `<address>.json` (as `solana account --output json` does) and, for
 * programs, `<program id>.so`, for `--load`. The chain's clock comes with them: programs refuse state from the future.
 *
 * @throws USAGE for what is no address; LOCALNET_CLONE_FAILED when the RPC refuses, or an account doesn't exist there: then nothing is written; STORE_WRITE_FAILED
 */
export async function cloneAccounts(options: {
  readonly from: string
  readonly addresses: readonly string[]
  readonly to: string
  readonly fetch: Fetch
}): Promise<ClonedFile[]> {
  const { from, to } = options
  const addresses = [...new Set(options.addresses)]
  const wrong = addresses.find(address => !isAddress(address))
  if (wrong !== undefined)
    throw new ForgeError('USAGE', {
      message: `"${wrong}" is not an address`,
      remedy: 'An address is 32 bytes in base58.',
    })
  const accounts = await fetchAccounts(options.fetch, from, addresses)
  const programDataOf = new Map<string, string>()
  for (const [address, account] of accounts) {
    const programData = programDataAddress(account)
    if (programData !== undefined) programDataOf.set(address, programData)
  }
  const programData = await fetchAccounts(options.fetch, from, [...programDataOf.values()])
  // After the accounts, so that none is newer.
  const [clock] = await getMultipleAccounts(options.fetch, from, [CLOCK_SYSVAR])

  makeDirectory(to)
  const written: ClonedFile[] = []
  if (isAccountJson(clock)) {
    const file = join(to, `${CLOCK_SYSVAR}.json`)
    await writeFile(file, accountFileText(CLOCK_SYSVAR, clock))
    written.push({ address: CLOCK_SYSVAR, file, kind: 'clock' })
  }
  for (const [address, account] of accounts) {
    if (address === CLOCK_SYSVAR) continue
    const elf = elfOf(account, programData.get(programDataOf.get(address) ?? ''))
    const file = join(to, `${address}.${elf ? 'so' : 'json'}`)
    await writeFile(file, elf ?? accountFileText(address, account))
    written.push({ address, file, kind: elf ? 'program' : 'account' })
  }
  return written
}

function programDataAddress(account: AccountJson): string | undefined {
  if (!account.executable || account.owner !== UPGRADEABLE_LOADER) return undefined
  const data = Buffer.from(account.data[0], 'base64')
  if (data.readUInt32LE(0) !== PROGRAM_KIND) return undefined
  return base58.encode(data.subarray(PROGRAM_DATA_ADDRESS_OFFSET, PROGRAM_DATA_ADDRESS_OFFSET + 32))
}

function elfOf(account: AccountJson, programData: AccountJson | undefined): Uint8Array | undefined {
  if (programData) return Buffer.from(programData.data[0], 'base64').subarray(PROGRAM_DATA_ELF_OFFSET)
  return account.executable && PLAIN_LOADERS.has(account.owner) ? Buffer.from(account.data[0], 'base64') : undefined
}

async function fetchAccounts(
  fetch: Fetch,
  url: string,
  addresses: readonly string[],
): Promise<Map<string, AccountJson>> {
  const found = new Map<string, AccountJson>()
  for (let start = 0; start < addresses.length; start += ACCOUNTS_PER_REQUEST) {
    const chunk = addresses.slice(start, start + ACCOUNTS_PER_REQUEST)
    const values = await getMultipleAccounts(fetch, url, chunk)
    chunk.forEach((address, index) => {
      const account = values[index]
      if (!isAccountJson(account)) throw failed(url, `${address} does not exist there`)
      found.set(address, account)
    })
  }
  return found
}

async function getMultipleAccounts(fetch: Fetch, url: string, addresses: readonly string[]): Promise<unknown[]> {
  const params = [addresses, { encoding: 'base64', commitment: 'confirmed' }]
  let text: string
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getMultipleAccounts', params }),
    })
    text = await response.text()
    if (!response.ok) throw failed(url, `HTTP ${response.status}`)
  } catch (thrown) {
    throw thrown instanceof ForgeError ? thrown : failed(url, messageOf(thrown), thrown)
  }
  const answer = parseAnswer(text, url)
  const value = answer.result?.value
  if (Array.isArray(value)) return value
  throw failed(url, answer.error?.message ?? 'the answer holds no accounts')
}

interface Answer {
  readonly result?: { readonly value?: unknown }
  readonly error?: { readonly message?: string }
}

function parseAnswer(text: string, url: string): Answer {
  try {
    return (parseJsonWithLamports(text) ?? {}) as Answer
  } catch (thrown) {
    throw failed(url, 'the answer is not JSON', thrown)
  }
}

/** Of the URL only the host is told: its path may hold a key. */
function failed(url: string, reason: string, cause?: unknown): ForgeError {
  const host = URL.canParse(url) ? new URL(url).host : 'the given URL'
  return new ForgeError('LOCALNET_CLONE_FAILED', { message: `${host}: ${reason}`, context: { host }, cause })
}
