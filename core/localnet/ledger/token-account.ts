import type { LedgerAccount } from '../ledger-port.ts'
import { addressText } from './address-text.ts'

export const TOKEN_PROGRAM = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'
export const TOKEN_2022_PROGRAM = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb'

const ACCOUNT_BYTES = 165
const MINT_BYTES = 82
/** Token-2022 writes the kind of an account with extensions behind the longest plain one. */
const KIND_OFFSET = 165
const KIND_MINT = 1
const KIND_ACCOUNT = 2

export interface TokenAccountState {
  readonly mint: string
  readonly owner: string
  readonly amount: bigint
  readonly delegate: string | undefined
  readonly delegatedAmount: bigint
  readonly state: 'initialized' | 'frozen'
  /** The rent that a native account keeps, when the account is native. */
  readonly rentExemptReserve: bigint | undefined
  readonly closeAuthority: string | undefined
}

export interface MintState {
  readonly decimals: number
  readonly supply: bigint
  readonly isInitialized: boolean
  readonly mintAuthority: string | undefined
  readonly freezeAuthority: string | undefined
}

export function isTokenProgram(address: string): boolean {
  return address === TOKEN_PROGRAM || address === TOKEN_2022_PROGRAM
}

/** The state of an initialized token account of either token program, else undefined. */
export function tokenAccountOf(account: LedgerAccount | undefined): TokenAccountState | undefined {
  if (!account || !isTokenProgram(account.owner) || !hasKind(account, ACCOUNT_BYTES, KIND_ACCOUNT)) return undefined
  const { data } = account
  const state = data[108]
  if (state !== 1 && state !== 2) return undefined
  const view = viewOf(data)
  return {
    mint: key(data, 0),
    owner: key(data, 32),
    amount: view.getBigUint64(64, true),
    delegate: optionalKey(data, 72),
    delegatedAmount: view.getBigUint64(121, true),
    state: state === 1 ? 'initialized' : 'frozen',
    rentExemptReserve: view.getUint32(109, true) === 1 ? view.getBigUint64(113, true) : undefined,
    closeAuthority: optionalKey(data, 129),
  }
}

/** The state of an initialized mint of either token program, else undefined. */
export function mintOf(account: LedgerAccount | undefined): MintState | undefined {
  if (!account || !isTokenProgram(account.owner) || !hasKind(account, MINT_BYTES, KIND_MINT)) return undefined
  const { data } = account
  if (data[45] !== 1) return undefined
  return {
    mintAuthority: optionalKey(data, 0),
    supply: viewOf(data).getBigUint64(36, true),
    decimals: data[44]!,
    isInitialized: true,
    freezeAuthority: optionalKey(data, 46),
  }
}

function hasKind(account: LedgerAccount, plainBytes: number, kind: number): boolean {
  const { data, owner } = account
  if (data.length === plainBytes) return true
  return owner === TOKEN_2022_PROGRAM && data.length > KIND_OFFSET && data[KIND_OFFSET] === kind
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength)
}

function key(data: Uint8Array, offset: number): string {
  return addressText(data.subarray(offset, offset + 32))
}

function optionalKey(data: Uint8Array, offset: number): string | undefined {
  return viewOf(data).getUint32(offset, true) === 1 ? key(data, offset + 4) : undefined
}
