import type { Address } from '@solana/kit'
import {
  AccountState,
  getMintDecoder,
  getMintEncoder,
  getTokenEncoder,
  TOKEN_PROGRAM_ADDRESS,
} from '@solana-program/token'
import { associatedTokenAddress } from '../derived-address.ts'
import { derivedKey } from '../derived-key.ts'
import type { LedgerPort } from '../ledger-port.ts'
import { LOCAL_TOKENS, type LocalToken, localToken } from './tokens.ts'

/** Rent exemption of a token account (165 bytes) and of a mint (82), in lamports. Source: (size + 128) × 6,960. */
const TOKEN_ACCOUNT_RENT = 2_039_280n
const MINT_RENT = 1_461_600n

const AMOUNT_OFFSET = 64
const [tokenEncoder, mintEncoder, mintDecoder] = [getTokenEncoder(), getMintEncoder(), getMintDecoder()]

/** Units that a token account holds; undefined when it does not exist. */
export function tokenUnits(ledger: LedgerPort, account: Address): bigint | undefined {
  const data = ledger.account(account)?.data
  return data === undefined || data.length < AMOUNT_OFFSET + 8 ? undefined : readU64(data, AMOUNT_OFFSET)
}

/** Writes every mint, without supply. Wrapped SOL keeps the mint the chain was born with, if it has one. */
export function writeMints(ledger: LedgerPort): void {
  for (const token of Object.values(LOCAL_TOKENS)) {
    if (token.symbol === 'SOL' && ledger.account(token.mint)) continue
    writeMint(ledger, token, 0n)
  }
}

/**
 * At genesis: adds units to the owner's associated token account, which is made when there is none.
 * SOL becomes wrapped SOL.
 *
 * @throws TOKEN_UNKNOWN
 */
export function fundToken(ledger: LedgerPort, owner: string, symbol: string, units: bigint): void {
  const token = localToken(symbol)
  const account = associatedTokenAddress(owner as Address, token.mint)
  const held = tokenUnits(ledger, account) ?? 0n
  writeTokenAccount(ledger, { account, owner: owner as Address, token, units: held + units })
}

/** At genesis: writes a token account and adds what it gained to the mint's supply. */
export function writeTokenAccount(
  ledger: LedgerPort,
  entry: { readonly account: Address; readonly owner: Address; readonly token: LocalToken; readonly units: bigint },
): void {
  const { account, owner, token, units } = entry
  const held = tokenUnits(ledger, account) ?? 0n
  const isNative = token.symbol === 'SOL'
  const data = tokenEncoder.encode({
    mint: token.mint,
    owner,
    amount: units,
    delegate: null,
    state: AccountState.Initialized,
    isNative: isNative ? TOKEN_ACCOUNT_RENT : null,
    delegatedAmount: 0n,
    closeAuthority: null,
  })
  ledger.setAccount(account, {
    lamports: TOKEN_ACCOUNT_RENT + (isNative ? units : 0n),
    owner: TOKEN_PROGRAM_ADDRESS,
    data: new Uint8Array(data),
    executable: false,
  })
  // The native mint counts no supply.
  if (!isNative) writeMint(ledger, token, supplyOf(ledger, token) + units - held)
}

function supplyOf(ledger: LedgerPort, token: LocalToken): bigint {
  const account = ledger.account(token.mint)
  return account ? mintDecoder.decode(account.data).supply : 0n
}

function writeMint(ledger: LedgerPort, token: LocalToken, supply: bigint): void {
  const data = mintEncoder.encode({
    mintAuthority: token.symbol === 'SOL' ? null : derivedKey('mint authority').address,
    supply,
    decimals: token.decimals,
    isInitialized: true,
    freezeAuthority: null,
  })
  ledger.setAccount(token.mint, {
    lamports: MINT_RENT,
    owner: TOKEN_PROGRAM_ADDRESS,
    data: new Uint8Array(data),
    executable: false,
  })
}

function readU64(data: Uint8Array, offset: number): bigint {
  return new DataView(data.buffer, data.byteOffset).getBigUint64(offset, true)
}
