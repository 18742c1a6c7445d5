import { getLiquidityAssociatedAuthority, liquidityStateV4Layout } from '@raydium-io/raydium-sdk-v2'
import { Keypair, PublicKey } from '@solana/web3.js'
import BN from 'bn.js'
import type { Token } from '../../../../core/index.ts'
import { AMM_V4 } from './programs.ts'
import type { TestChain } from './test-chain.ts'

export interface AmmV4Options {
  readonly status?: number
  readonly openTime?: bigint
  readonly feeNumerator?: number
  /** Profit that lies in the vaults and is not the pool's to trade. */
  readonly needTakePnl?: bigint
}

/** A pool without an order book, its account written by the SDK's layout. */
export function writeAmmV4Pool(
  chain: TestChain,
  base: Token,
  quote: Token,
  reserves: readonly [bigint, bigint],
  options: AmmV4Options = {},
): string {
  const { publicKey: authority, nonce } = getLiquidityAssociatedAuthority({ programId: new PublicKey(AMM_V4) })
  const [pool, baseVault, quoteVault] = [0, 1, 2].map(() => Keypair.generate().publicKey) as [
    PublicKey,
    PublicKey,
    PublicKey,
  ]
  const pnl = options.needTakePnl ?? 0n
  const [baseMint, quoteMint] = [new PublicKey(base.mint), new PublicKey(quote.mint)]
  chain.setTokenAccount(baseVault, baseMint, authority, reserves[0] + pnl)
  chain.setTokenAccount(quoteVault, quoteMint, authority, reserves[1] + pnl)
  const lpMint = Keypair.generate().publicKey
  chain.setMint(lpMint.toBase58(), base.decimals, authority)
  const numbers: Record<string, number | bigint> = {
    status: options.status ?? 6,
    nonce,
    maxOrder: 7,
    depth: 3,
    baseDecimal: base.decimals,
    quoteDecimal: quote.decimals,
    state: 1,
    minSize: 1,
    volMaxCutRatio: 500,
    amountWaveRatio: 5_000_000,
    baseLotSize: 1,
    quoteLotSize: 1,
    minPriceMultiplier: 1,
    maxPriceMultiplier: 1_000_000_000,
    systemDecimalValue: 1_000_000_000,
    minSeparateNumerator: 5,
    minSeparateDenominator: 10_000,
    tradeFeeNumerator: options.feeNumerator ?? 25,
    tradeFeeDenominator: 10_000,
    pnlNumerator: 12,
    pnlDenominator: 100,
    swapFeeNumerator: options.feeNumerator ?? 25,
    swapFeeDenominator: 10_000,
    baseNeedTakePnl: pnl,
    quoteNeedTakePnl: pnl,
    poolOpenTime: options.openTime ?? 0n,
    lpReserve: reserves[0],
  }
  const fields: Record<string, unknown> = { padding: [0, 0, 0].map(() => new BN(0)) }
  for (const name of NUMBER_FIELDS) fields[name] = new BN(String(numbers[name] ?? 0))
  for (const name of KEY_FIELDS) fields[name] = PublicKey.default
  const data = Buffer.alloc(liquidityStateV4Layout.span)
  const keys = { baseVault, quoteVault, baseMint, quoteMint, lpMint }
  liquidityStateV4Layout.encode({ ...fields, ...keys } as never, data)
  chain.setAccount(pool.toBase58(), AMM_V4, data)
  return pool.toBase58()
}

const KEY_FIELDS = ['openOrders', 'marketId', 'marketProgramId', 'targetOrders', 'withdrawQueue', 'lpVault', 'owner']
const NUMBER_FIELDS = (liquidityStateV4Layout as unknown as { fields: readonly { property: string }[] }).fields
  .map(field => field.property)
  .filter(name => name !== 'padding' && !/Vault|Mint|openOrders|market|targetOrders|withdrawQueue|owner/.test(name))
