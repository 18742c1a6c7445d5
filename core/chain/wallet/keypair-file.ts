import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import { parseKeypairArray } from './secret.ts'
import { Wallet } from './wallet.ts'

/** Rights of group and others. */
const OTHERS = 0o077

/**
 * Reads a key pair as `solana-keygen` writes it: a JSON array of 64 bytes.
 *
 * @throws WALLET_FILE_EXPOSED when others may read it and that is not allowed (never on Windows, which has no such
 * rights); WALLET_FILE_INVALID, WALLET_MISMATCH
 */
export function readKeypairFile(path: string, options: { allowLoosePermissions?: boolean } = {}): Wallet {
  let text: string
  let mode: number
  try {
    const file = openSync(path, 'r')
    try {
      mode = fstatSync(file).mode
      text = readFileSync(file, 'utf8')
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw new ForgeError('WALLET_FILE_INVALID', {
      message: `${path} can not be read: ${messageOf(cause)}`,
      remedy: 'Check the path, or make a wallet with `sniperforge wallet new`.',
      context: { path },
      cause,
    })
  }
  if ((mode & OTHERS) !== 0 && process.platform !== 'win32' && !options.allowLoosePermissions) {
    throw new ForgeError('WALLET_FILE_EXPOSED', {
      message: `other users of this machine have rights on ${path} (${(mode & 0o777).toString(8)})`,
      remedy: `Run \`chmod 600 ${path}\`.`,
      context: { path },
    })
  }
  const bytes = parseKeypairArray(text)
  if (bytes?.length !== 64) {
    throw new ForgeError('WALLET_FILE_INVALID', {
      message: `${path} is not a JSON array of 64 bytes`,
      context: { path },
    })
  }
  return Wallet.fromKeypair(bytes)
}

/**
 * Makes a key pair and writes it with mode 0600 into a folder that exists. The file appears whole or not at all, and never takes the place of
 * another.
 *
 * @throws WALLET_FILE_EXISTS, WALLET_FILE_INVALID when the path can not be written.
 */
export function createKeypairFile(path: string): Wallet {
  const wallet = Wallet.fromSeed(randomBytes(32))
  writeKeypairFile(path, wallet)
  return wallet
}

/** Writes a wallet's key pair as `createKeypairFile` does. */
export function writeKeypairFile(path: string, wallet: Wallet): void {
  const draft = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`)
  try {
    const file = openSync(draft, 'wx', 0o600)
    try {
      try {
        writeSync(file, JSON.stringify([...wallet.exportKeypair()]))
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      // Unlike a rename, a link refuses a name that is taken.
      linkSync(draft, path)
    } finally {
      unlinkSync(draft)
    }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') {
      throw new ForgeError('WALLET_FILE_EXISTS', { message: `${path} exists already`, context: { path } })
    }
    throw new ForgeError('WALLET_FILE_INVALID', {
      message: `${path} can not be written: ${messageOf(cause)}`,
      remedy: 'Choose a path you may write to.',
      context: { path },
      cause,
    })
  }
}
