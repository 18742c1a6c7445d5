import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the real programs lie as `<address>.so`, with accounts as `<address>.json` in the Solana CLI's format. */
const FOLDER = process.env.SNIPERFORGE_PROGRAMS

export const WHIRLPOOL = 'whirLbMiicVdio4qvUfM5KAg6Ct8VwpYzGff3uctyCc'
export const CPMM = 'CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C'
/** CPMM's first configuration of mainnet, and where the fee for a new pool goes: saved beside the program. */
export const CPMM_CONFIG = 'D4FPEruKEHrG5TenZ2mpDGEfu1iUvTiqBxvpU8HLBvC2'
export const CPMM_FEE_RECEIVER = 'DNXgeM9EiiaAbaWvwjHj9fQQLAX5ZsfHyvmYUNRAdNC8'
export const CLMM = 'CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK'
export const AMM_V4 = '675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8'

const SAVED_BESIDE: Readonly<Record<string, readonly string[]>> = { [CPMM]: [CPMM_CONFIG, CPMM_FEE_RECEIVER] }

/** Whether the suite can run; says so when it can not, for skipped is not passed. */
export function hasProgram(address: string): boolean {
  const found = [`${address}.so`, ...(SAVED_BESIDE[address] ?? []).map(account => `${account}.json`)].every(
    file => FOLDER !== undefined && existsSync(join(FOLDER, file)),
  )
  if (!found) process.stdout.write(`${address}: skipped: no programs (set SNIPERFORGE_PROGRAMS to their folder)\n`)
  return found
}

export function programBytes(address: string): Uint8Array {
  return readFileSync(join(FOLDER ?? '', `${address}.so`))
}

export function programHash(address: string): string {
  return createHash('sha256').update(programBytes(address)).digest('hex')
}

/** An account saved by `solana account --output json`. */
export function savedAccount(address: string): { owner: string; lamports: bigint; data: Uint8Array } {
  const { account } = JSON.parse(readFileSync(join(FOLDER ?? '', `${address}.json`), 'utf8'))
  return { owner: account.owner, lamports: BigInt(account.lamports), data: Buffer.from(account.data[0], 'base64') }
}

/** Mainnet records beside the repository; undefined (and said) where there are none. */
export function recordedFolder(name: string): string | undefined {
  const folder = new URL(`../../../../../shared/data/${name}`, import.meta.url).pathname
  if (existsSync(folder)) return folder
  process.stdout.write(`${name}: skipped: no records at ../shared/data/${name}\n`)
  return undefined
}
