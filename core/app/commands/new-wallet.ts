import { dirname } from 'node:path'
import { generateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { createKeypairFile, writeKeypairFile } from '../../chain/wallet/keypair-file.ts'
import { walletFromPhrase } from '../../chain/wallet/seed-phrase.ts'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import { makeDirectory } from '../../store/make-directory.ts'

/** 24 words. */
const PHRASE_BITS = 256

/**
 * Makes a wallet and writes its key file; with `phrase` from a new seed phrase (derived as Phantom and Solflare do),
 * which is in the answer and nowhere else.
 *
 * @throws WALLET_FILE_EXISTS, WALLET_FILE_INVALID
 */
export async function newWallet(
  file: string,
  options: { readonly phrase: boolean },
): Promise<{ readonly file: string; readonly address: string; readonly phrase?: string }> {
  makeFolderOf(file)
  if (!options.phrase) return { file, address: createKeypairFile(file).publicKey }
  const phrase = generateMnemonic(wordlist, PHRASE_BITS)
  const wallet = walletFromPhrase(phrase, { derivation: 'bip44' })
  writeKeypairFile(file, wallet)
  return { file, address: wallet.publicKey, phrase }
}

function makeFolderOf(file: string): void {
  try {
    makeDirectory(dirname(file))
  } catch (cause) {
    throw new ForgeError('WALLET_FILE_INVALID', {
      message: `${file} can not be written: ${messageOf(cause)}`,
      remedy: 'Choose a path you may write to.',
      context: { path: file },
      cause,
    })
  }
}
