import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { base58 } from '@scure/base'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import type { LedgerAccount, LedgerPort } from '../ledger-port.ts'
import { parseAccountFile } from './account-file.ts'
import { CLOCK_SYSVAR } from './clock-file.ts'

const ELF_MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46])

/** What a directory brings into a new chain. */
export interface LoadedDirectory {
  readonly programs: readonly { readonly programId: string; readonly elf: Uint8Array }[]
  readonly accounts: readonly { readonly address: string; readonly account: LedgerAccount }[]
  /** SHA-256 of all names and contents, hexadecimal. */
  readonly digest: string
}

/**
 * Reads a directory of `<program id>.so` and `<address>.json` files, as `localnet clone` and the Solana CLI write them.
 * Other files are left alone.
 *
 * @throws LOCALNET_ACCOUNT_FILE_INVALID
 */
export async function readAccountDirectory(directory: string): Promise<LoadedDirectory> {
  const hash = createHash('sha256')
  const programs: { programId: string; elf: Uint8Array }[] = []
  const accounts: { address: string; account: LedgerAccount }[] = []
  for (const name of (await list(directory)).sort()) {
    const isProgram = name.endsWith('.so')
    // The loading chain has its own clock.
    if ((!isProgram && !name.endsWith('.json')) || name === `${CLOCK_SYSVAR}.json`) continue
    const file = join(directory, name)
    const content = await readFile(file)
    hash.update(`${name} ${content.length}\n`).update(content)
    if (isProgram) programs.push({ programId: programIdOf(name, file), elf: elfOf(content, file) })
    else accounts.push(parseAccountFile(content.toString('utf8'), file))
  }
  if (programs.length + accounts.length === 0)
    throw invalid(directory, 'no <address>.json and no <program id>.so in it')
  return { programs, accounts, digest: hash.digest('hex') }
}

/**
 * Writes what was read into the chain's genesis.
 *
 * @throws LOCALNET_ACCOUNT_FILE_INVALID for a program that the loader refuses
 */
export function writeLoaded(ledger: LedgerPort, loaded: LoadedDirectory): void {
  for (const { programId, elf } of loaded.programs) {
    try {
      ledger.addProgram(programId, elf)
    } catch (thrown) {
      throw invalid(`${programId}.so`, messageOf(thrown), thrown)
    }
  }
  for (const { address, account } of loaded.accounts) ledger.setAccount(address, account)
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (thrown) {
    throw invalid(directory, messageOf(thrown), thrown)
  }
}

function programIdOf(name: string, file: string): string {
  const programId = name.slice(0, -'.so'.length)
  if (/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(programId) && base58.decode(programId).length === 32) return programId
  throw invalid(file, 'its name is not an address')
}

function elfOf(content: Buffer, file: string): Uint8Array {
  if (content.subarray(0, ELF_MAGIC.length).equals(ELF_MAGIC)) return new Uint8Array(content)
  throw invalid(file, 'not an ELF file')
}

function invalid(file: string, reason: string, cause?: unknown): ForgeError {
  return new ForgeError('LOCALNET_ACCOUNT_FILE_INVALID', { message: `${file}: ${reason}`, context: { file }, cause })
}
