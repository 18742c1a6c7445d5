import { generateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { createKeypairFile, writeKeypairFile } from '../../chain/wallet/keypair-file.ts'
import { walletFromPhrase } from '../../chain/wallet/seed-phrase.ts'

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
  if (!options.phrase) return { file, address: createKeypairFile(file).publicKey }
  const phrase = generateMnemonic(wordlist, PHRASE_BITS)
  const wallet = walletFromPhrase(phrase, { derivation: 'bip44' })
  writeKeypairFile(file, wallet)
  return { file, address: wallet.publicKey, phrase }
}
