import { PLAIN_ACCOUNT_BYTES, usualDeposit_lamports } from '../../chain/mint/account-size.ts'
import { FEES_SET_ASIDE_LAMPORTS } from '../../chain/trader/funds.ts'
import { TRADER_DEFAULTS } from '../../chain/trader/options.ts'
import { formatUnits } from '../../money/amount.ts'
import { SOL_MINT, type Token } from '../../money/token.ts'
import { jsonRpcOf } from '../network/connection.ts'
import { readPortfolio } from '../network/portfolio.ts'
import type { Ground } from '../run/ground.ts'
import type { RunPortfolio } from '../run/run-document.ts'
import type { Trading } from '../run/trading.ts'

/** A wallet that is left as it was. */
export interface UntouchedWallet {
  readonly wallet: string
  /** What it holds, why it was left, and the command that sells it. */
  readonly line: string
}

/**
 * Wallets that were traded with in this directory, that this run has no key of, and that hold something to sell.
 *
 * @param missing why a key could not be had, by address; absent when nobody looked for it
 */
export async function untouchedWallets(
  { cluster, connection, dataDirectory, genesisHash, store }: Ground,
  { purses }: Pick<Trading, 'purses'>,
  output: Token,
  missing: ReadonlyMap<string, string> | undefined,
): Promise<readonly UntouchedWallet[]> {
  const noted = store.keyPlaces.list(genesisHash).map(({ wallet }) => wallet)
  const known = new Set([...store.wallets(genesisHash), ...noted])
  const others = [...known].filter(wallet => !purses.some(({ address }) => address === wallet))
  const command = [
    `sniperforge panic --flatten --into ${output.symbol} --wallet FILE`,
    ...(cluster.name === 'localnet' ? [] : [`--cluster ${cluster.name}`]),
    ...(dataDirectory === undefined ? [] : [`--data-dir ${dataDirectory}`]),
  ].join(' ')
  const told: UntouchedWallet[] = []
  for (const wallet of others) {
    const held = await connection.drive(readPortfolio(jsonRpcOf(connection), wallet, cluster.tokens))
    const holds = toSell(held, output)
    if (holds.length === 0) continue
    const why = missing ? (missing.get(wallet) ?? 'nobody noted where its key is') : 'this run does not trade with it'
    const how = missing ? 'With its key in FILE' : 'When this run has ended, with its key in FILE'
    const line = `${wallet} was traded with here too, and still holds ${holds.join(', ')}: ${why}. ${how}: ${command}`
    told.push({ wallet, line })
  }
  return told
}

/** As `sellable` counts it, without what only its trader knows. */
function toSell({ sol_lamports, tokens }: RunPortfolio, output: Token): readonly string[] {
  const lamports = BigInt(sol_lamports)
  const opens = tokens.some(({ mint }) => mint === output.mint) ? 0n : usualDeposit_lamports(PLAIN_ACCOUNT_BYTES)
  const kept = TRADER_DEFAULTS.solReserve_lamports + FEES_SET_ASIDE_LAMPORTS + opens
  const isSolSold = output.mint !== SOL_MINT && lamports > kept
  const others = tokens.filter(({ amount, mint }) => amount !== '0' && mint !== output.mint)
  return [
    ...(isSolSold ? [`${formatUnits(lamports, 9)} SOL`] : []),
    ...others.map(({ amount, decimals, symbol }) => `${formatUnits(BigInt(amount), decimals)} ${symbol}`),
  ]
}
