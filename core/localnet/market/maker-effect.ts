import type { Address } from '@solana/kit'
import { ForgeError } from '../../errors/forge-error.ts'
import { associatedTokenAddress } from '../derived-address.ts'
import type { LedgerAccount, LedgerPort } from '../ledger-port.ts'
import type { Trade } from './maker-trade.ts'

/** Where a token account keeps its amount, and whether it wraps lamports. Source: SPL token `state::Account`. */
const AMOUNT_OFFSET = 64
const IS_NATIVE_OFFSET = 109

interface Draft {
  readonly account: LedgerAccount
  lamports: bigint
  readonly data: Uint8Array
  readonly view: DataView
}

/**
 * The accounts after one transaction of swaps of `maker`: the fee leaves the payer, each trade pays its input into the
 * pool's vault and takes `minimumOut` from the other. The same to the byte as the swap program and the token program;
 * wrapped SOL moves its lamports with its units.
 *
 * @throws LOCALNET_TX_FAILED when an account has not what would leave it
 */
export function tradesEffect(
  ledger: Pick<LedgerPort, 'account'>,
  maker: Address,
  trades: readonly Trade[],
  fee: number,
): ReadonlyMap<string, LedgerAccount> {
  const drafts = new Map<string, Draft>()
  const draft = (address: string): Draft => {
    const known = drafts.get(address)
    if (known) return known
    const account = ledger.account(address)
    if (!account) throw short(address)
    const data = new Uint8Array(account.data)
    const made = { account, lamports: account.lamports, data, view: new DataView(data.buffer) }
    drafts.set(address, made)
    return made
  }
  const add = (address: string, units: bigint): void => {
    const token = draft(address)
    const held = token.view.getBigUint64(AMOUNT_OFFSET, true) + units
    if (held < 0n) throw short(address)
    token.view.setBigUint64(AMOUNT_OFFSET, held, true)
    if (token.data[IS_NATIVE_OFFSET] === 1) token.lamports += units
  }
  const payer = draft(maker)
  payer.lamports -= BigInt(fee)
  if (payer.lamports < 0n) throw short(maker)
  for (const { pool, side, amountIn, minimumOut } of trades) {
    const [input, output] = side === 'base' ? [pool.base, pool.quote] : [pool.quote, pool.base]
    const [vaultIn, vaultOut] = side === 'base' ? [pool.vaultBase, pool.vaultQuote] : [pool.vaultQuote, pool.vaultBase]
    add(associatedTokenAddress(maker, input.mint), -amountIn)
    add(vaultIn, amountIn)
    add(vaultOut, -minimumOut)
    add(associatedTokenAddress(maker, output.mint), minimumOut)
  }
  return new Map([...drafts].map(([address, { account, lamports, data }]) => [address, { ...account, lamports, data }]))
}

function short(address: string): ForgeError {
  return new ForgeError('LOCALNET_TX_FAILED', {
    message: `the market can not trade: ${address} has not enough`,
    context: { address },
  })
}
