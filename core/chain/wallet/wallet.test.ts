import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { ed25519 } from '@noble/curves/ed25519.js'
import { base58 } from '@scure/base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toJson } from '../../events/serialize.ts'
import { createKeypairFile, readKeypairFile } from './keypair-file.ts'
import { walletFromSecret } from './secret.ts'
import { slip10Ed25519, walletFromPhrase } from './seed-phrase.ts'
import { Wallet } from './wallet.ts'

const SEED = new Uint8Array(32).map((_, index) => index + 1)
const PHRASE = `${'abandon '.repeat(11)}about`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'forge-wallet-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a wallet', () => {
  it('signs as any Ed25519 does', () => {
    const wallet = Wallet.fromSeed(SEED)
    expect(wallet.publicKey).toBe(base58.encode(ed25519.getPublicKey(SEED)))
    const message = new Uint8Array([1, 2, 3])
    expect(new Uint8Array(wallet.sign(message))).toEqual(ed25519.sign(message, SEED))
  })

  it('shows its public key and never its private one, however it is printed', () => {
    const wallet = Wallet.fromSeed(SEED)
    const shown = [
      inspect(wallet, { showHidden: true, depth: 9 }),
      `${wallet}`,
      toJson({ wallet }),
      inspect({ wallet }),
    ]
    for (const text of shown) {
      expect(text).toContain(wallet.publicKey)
      expect(text).not.toMatch(/1, ?2, ?3/)
    }
    expect(Object.keys(wallet)).toEqual(['publicKey'])
  })

  it('refuses a key pair whose halves do not belong together', () => {
    const bytes = Wallet.fromSeed(SEED).exportKeypair()
    bytes[63] = (bytes[63] ?? 0) ^ 1
    expect(() => Wallet.fromKeypair(bytes)).toThrow(expect.objectContaining({ code: 'WALLET_MISMATCH' }))
  })
})

describe('a secret', () => {
  it('may be base58 of 64 or 32 bytes, a byte array or a phrase', () => {
    const wallet = Wallet.fromSeed(SEED)
    for (const text of [
      base58.encode(wallet.exportKeypair()),
      ` ${base58.encode(SEED)}\n`,
      JSON.stringify([...wallet.exportKeypair()]),
    ]) {
      expect(walletFromSecret(text).publicKey).toBe(wallet.publicKey)
    }
    expect(walletFromSecret(PHRASE).publicKey).toBe(walletFromPhrase(PHRASE, { derivation: 'bip44' }).publicKey)
  })

  it('is never repeated in an error', () => {
    for (const text of ['0OIl-nonsense', base58.encode(SEED.subarray(0, 31)), '[1,2,3', `${PHRASE} zebra`, '[300]']) {
      try {
        walletFromSecret(text)
        expect.unreachable()
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'WALLET_SECRET_INVALID' })
        expect(inspect(thrown)).not.toContain(text)
        expect(inspect(thrown)).not.toContain('zebra')
      }
    }
  })
})

describe('a seed phrase', () => {
  it('gives the key that wallets show first, and the one solana-keygen makes', () => {
    // The address that Phantom shows for this phrase, and the seed of BIP-39's own test vector.
    expect(walletFromPhrase(PHRASE, { derivation: 'bip44' }).publicKey).toBe(
      'HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk',
    )
    const seed = Buffer.from('5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1', 'hex')
    const raw = walletFromPhrase(PHRASE.toUpperCase(), { derivation: 'raw' })
    expect(raw.publicKey).toBe(Wallet.fromSeed(seed).publicKey)
  })

  it('follows the test vector of SLIP-0010', () => {
    const seed = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
    expect(Buffer.from(slip10Ed25519(seed, [0, 1, 2, 2, 1000000000])).toString('hex')).toBe(
      '8f94d394a8e8fd6b1bc2f3f49f5c47e385281d5c17e65324b0f62483e37e8793',
    )
  })

  it('says which word is wrong', () => {
    expect(() => walletFromPhrase(PHRASE.replace('about', 'abuot'), { derivation: 'raw' })).toThrow(/word 12/)
    expect(() => walletFromPhrase(PHRASE.replace('about', 'zoo'), { derivation: 'raw' })).toThrow(/checksum/)
  })
})

describe('a key file', () => {
  it('is written for its owner only, whole, and never over another', () => {
    mkdirSync(join(folder, 'deep'))
    const path = join(folder, 'deep', 'id.json')
    const wallet = createKeypairFile(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(64)
    expect(readKeypairFile(path).publicKey).toBe(wallet.publicKey)
    expect(() => createKeypairFile(path)).toThrow(expect.objectContaining({ code: 'WALLET_FILE_EXISTS' }))
    expect(readKeypairFile(path).publicKey).toBe(wallet.publicKey)
    expect(readdirSync(join(folder, 'deep'))).toEqual(['id.json'])
  })

  it('is refused when others may read it, unless that is allowed', () => {
    const path = join(folder, 'loose.json')
    const { publicKey } = createKeypairFile(path)
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(path, mode)
      expect(() => readKeypairFile(path)).toThrow(expect.objectContaining({ code: 'WALLET_FILE_EXPOSED' }))
    }
    expect(readKeypairFile(path, { allowLoosePermissions: true }).publicKey).toBe(publicKey)
  })

  it('must be an array of 64 bytes', () => {
    const path = join(folder, 'bad.json')
    for (const text of ['', '{}', '[1,2,3]', 'not json', `[${'1,'.repeat(63)}"1"]`]) {
      writeFileSync(path, text, { mode: 0o600 })
      expect(() => readKeypairFile(path)).toThrow(expect.objectContaining({ code: 'WALLET_FILE_INVALID' }))
    }
    expect(() => readKeypairFile(join(folder, 'none.json'))).toThrow(/wallet new|can not be read/)
  })
})
