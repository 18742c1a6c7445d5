import { SOL_MINT } from '../../money/token.ts'
import { addressText } from '../address-text.ts'
import { type Expectation, type Refusal, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from './expectation.ts'

/** An account before or after a simulation; undefined where there is none. */
export interface AccountState {
  readonly lamports: bigint
  readonly owner: string
  readonly data: Uint8Array
}

export interface Change {
  readonly address: string
  readonly before: AccountState | undefined
  readonly after: AccountState | undefined
}

const AMOUNT_OFFSET = 64

/** The fields of a token account that decide whose it is. Source: SPL token `state::Account`, 165 bytes. */
interface TokenAccount {
  readonly mint: string
  readonly owner: string
  readonly amount: bigint
  readonly delegate: string | undefined
  readonly state: number
  readonly closeAuthority: string | undefined
}

/**
 * What the simulation did to the wallet, against what the trade is for.
 *
 * @param changes every account the transaction may write, the wallet among them
 * @param fees_lamports base fee, priority fee and tip together
 */
export function checkEffects(
  changes: readonly Change[],
  expected: Expectation,
  fees_lamports: bigint,
): Refusal | undefined {
  let lamports = 0n
  const units = new Map<string, bigint>()
  for (const { address, before, after } of changes) {
    if (address === expected.wallet) {
      if (after && (after.owner !== SYSTEM_PROGRAM || after.data.length > 0)) {
        return { rule: 'wallet-owner', message: `the wallet would belong to ${after.owner}` }
      }
      lamports += (after?.lamports ?? 0n) - (before?.lamports ?? 0n)
      continue
    }
    const held = tokenAccount(before)
    const holds = tokenAccount(after)
    const wasOurs = held?.owner === expected.wallet
    const isOurs = holds?.owner === expected.wallet
    if (!wasOurs && !isOurs) continue
    const refusal = checkAuthorities(address, wasOurs ? held : undefined, holds)
    if (refusal) return refusal
    // The rent of an own account is still ours, so its lamports count with the wallet's.
    lamports += (isOurs ? after!.lamports : 0n) - (wasOurs ? before!.lamports : 0n)
    for (const [account, sign] of [
      [wasOurs ? held : undefined, -1n],
      [isOurs ? holds : undefined, 1n],
    ] as const) {
      if (account) units.set(account.mint, (units.get(account.mint) ?? 0n) + sign * account.amount)
    }
  }
  // Wrapped SOL is lamports, which were counted.
  units.set(
    SOL_MINT,
    lamports + fees_lamports + (expected.maxForeignRent_lamports > 0n ? foreignRent(changes, expected) : 0n),
  )
  for (const [mint, change] of units) {
    const least =
      (mint === expected.output.mint ? expected.output.minUnits : 0n) -
      (mint === expected.input.mint ? expected.input.maxUnits : 0n)
    if (change < least)
      return {
        rule: 'balances',
        message: `the wallet would end with ${change} units of ${mint}, where at least ${least} were agreed`,
      }
  }
  const received = units.get(expected.output.mint) ?? 0n
  return received < expected.output.minUnits
    ? {
        rule: 'balances',
        message: `the wallet would receive ${received} units, less than the minimum of ${expected.output.minUnits}`,
      }
    : undefined
}

function checkAuthorities(
  address: string,
  before: TokenAccount | undefined,
  after: TokenAccount | undefined,
): Refusal | undefined {
  const refuse = (what: string): Refusal => ({
    rule: 'authority',
    message: `${what} of the wallet's token account ${address} would change`,
  })
  if (!after)
    return before && before.mint !== SOL_MINT
      ? { rule: 'closed', message: `the wallet's token account ${address} would be closed` }
      : undefined
  if (before && before.owner !== after.owner) return refuse('the owner')
  if (after.delegate !== before?.delegate) return refuse('the delegate')
  if (after.closeAuthority !== before?.closeAuthority) return refuse('the close authority')
  if (before && after.state !== before.state) return refuse('the state')
  return undefined
}

/** Lamports put into accounts that did not exist before and are not the wallet's, up to what is allowed. */
function foreignRent(changes: readonly Change[], expected: Expectation): bigint {
  let rent = 0n
  for (const { address, before, after } of changes) {
    if (address !== expected.wallet && !before && after && tokenAccount(after)?.owner !== expected.wallet)
      rent += after.lamports
  }
  return rent < expected.maxForeignRent_lamports ? rent : expected.maxForeignRent_lamports
}

/** Whether an account is the wallet, or one of its token accounts. */
export function belongsTo(wallet: string, address: string, account: AccountState | undefined): boolean {
  return address === wallet || tokenAccount(account)?.owner === wallet
}

/** The account with other balances. @param units of a token account; undefined: as they are */
export function withBalances(account: AccountState, lamports: bigint, units: bigint | undefined): AccountState {
  if (units === undefined || !tokenAccount(account)) return { ...account, lamports }
  const data = Uint8Array.from(account.data)
  new DataView(data.buffer).setBigUint64(AMOUNT_OFFSET, units, true)
  return { ...account, lamports, data }
}

function tokenAccount(account: AccountState | undefined): TokenAccount | undefined {
  if (!account || (account.owner !== TOKEN_PROGRAM && account.owner !== TOKEN_2022_PROGRAM)) return undefined
  // 165 bytes, or longer with Token-2022's extensions and then 2 (account) at 165. A mint has 82, or 1 at 165.
  if (account.data.length < 165 || (account.data.length > 165 && account.data[165] !== 2)) return undefined
  const view = new DataView(account.data.buffer, account.data.byteOffset, account.data.byteLength)
  const key = (offset: number): string => addressText(account.data.subarray(offset, offset + 32))
  const optionalKey = (offset: number): string | undefined =>
    view.getUint32(offset, true) === 0 ? undefined : key(offset + 4)
  return {
    mint: key(0),
    owner: key(32),
    amount: view.getBigUint64(AMOUNT_OFFSET, true),
    delegate: optionalKey(72),
    state: account.data[108]!,
    closeAuthority: optionalKey(129),
  }
}
