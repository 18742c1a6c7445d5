import { createHash } from 'node:crypto'
import { base58 } from '@scure/base'
import { derivedKey } from './derived-key.ts'
import type { LedgerPort } from './ledger-port.ts'
import { fundToken } from './market/token-accounts.ts'

const SYSTEM_PROGRAM = '11111111111111111111111111111111'
/** As much SOL as a cluster has: the faucet must not run dry. */
const FAUCET_LAMPORTS = 500_000_000n * 1_000_000_000n

/** A wallet that has something from the first moment. */
export interface GenesisFund {
  /** Base58 address of the wallet. */
  readonly owner: string
  readonly lamports: bigint
  /** Base units by symbol; SOL here means wrapped SOL. */
  readonly tokens: readonly { readonly symbol: string; readonly units: bigint }[]
}

/** What makes one embedded chain differ from another. */
export interface GenesisIdentity {
  readonly seed: string
  /** The candle file's bytes, when the market follows one. */
  readonly market: Uint8Array | undefined
  /** SHA-256 digests of what was loaded, in order. */
  readonly loaded: readonly string[]
  readonly fund: readonly GenesisFund[]
}

/** Base58 of 32 bytes: the same for the same seed, market, loaded accounts and funds, so that a kept chain is known again. */
export function genesisHashOf(identity: GenesisIdentity): string {
  const hash = createHash('sha256').update('sniperforge localnet 1\n')
  const part = (name: string, value: string | Uint8Array): void => {
    hash.update(`${name} ${value.length}\n`).update(value)
  }
  part('seed', identity.seed)
  if (identity.market) part('market', identity.market)
  for (const digest of identity.loaded) part('loaded', digest)
  for (const { owner, lamports, tokens } of identity.fund) {
    part('fund', [owner, lamports, ...tokens.map(({ symbol, units }) => `${symbol} ${units}`)].join(' '))
  }
  return base58.encode(hash.digest())
}

export const faucetKey = (): ReturnType<typeof derivedKey> => derivedKey('faucet')

/** Writes the faucet and the funded wallets. After the market's genesis, whose mints they need. */
export function writeFunds(ledger: LedgerPort, funds: readonly GenesisFund[]): void {
  writeWallet(ledger, faucetKey().address, FAUCET_LAMPORTS)
  for (const { owner, lamports, tokens } of funds) {
    if (lamports > 0n) writeWallet(ledger, owner, (ledger.account(owner)?.lamports ?? 0n) + lamports)
    for (const { symbol, units } of tokens) fundToken(ledger, owner, symbol, units)
  }
}

function writeWallet(ledger: LedgerPort, address: string, lamports: bigint): void {
  ledger.setAccount(address, { lamports, owner: SYSTEM_PROGRAM, data: new Uint8Array(), executable: false })
}
