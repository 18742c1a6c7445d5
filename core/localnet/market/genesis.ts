import { SYSTEM_PROGRAM_ADDRESS } from '@solana-program/system'
import { derivedKey } from '../derived-key.ts'
import type { LedgerPort } from '../ledger-port.ts'
import { encodePoolState, POOL_STATE_SIZE } from '../program/pool-state.ts'
import { SWAP_PROGRAM, swapProgramElf } from '../program/swap-program.ts'
import { MARKET_MAKER_LABEL } from './market-maker.ts'
import { type MarketPool, marketPools } from './pools.ts'
import { type NanoUsdc, pairRatio } from './prices.ts'
import { fundToken, writeMints, writeTokenAccount } from './token-accounts.ts'
import { LOCAL_TOKENS, type LocalSymbol } from './tokens.ts'

/** (144 + 128) × 6,960 lamports. */
const POOL_RENT = BigInt(POOL_STATE_SIZE + 128) * 6_960n
/** For the market maker's transaction fees: enough for 2 × 10^11 of them. */
const MAKER_LAMPORTS = 10n ** 15n
/** What the market maker trades with: many times all pools, so that no path leaves it without. */
const MAKER_UNITS: Readonly<Record<LocalSymbol, bigint>> = {
  SOL: 10n ** 17n,
  USDC: 10n ** 18n,
  JSOL: 10n ** 17n,
  BONK: 10n ** 18n,
}

const POOL_STATES = new Map<string, Uint8Array>()

/** The same for every chain. */
function stateOf(pool: MarketPool): Uint8Array {
  const known = POOL_STATES.get(pool.address)
  if (known) return known
  const { feeBps, bump, base, quote, vaultBase: vaultA, vaultQuote: vaultB } = pool
  const state = encodePoolState({ feeBps, bump, mintA: base.mint, mintB: quote.mint, vaultA, vaultB })
  POOL_STATES.set(pool.address, state)
  return state
}

/** Writes the program, the mints, the pools at the first price, and the market maker's wallet into the genesis. */
export function writeMarketGenesis(ledger: LedgerPort, firstPrice: NanoUsdc): void {
  ledger.addProgram(SWAP_PROGRAM, swapProgramElf())
  writeMints(ledger)
  for (const pool of marketPools()) {
    const ratio = pairRatio(pool.base, pool.quote, firstPrice)
    ledger.setAccount(pool.address, {
      lamports: POOL_RENT,
      owner: SWAP_PROGRAM,
      executable: false,
      data: stateOf(pool),
    })
    const owner = pool.vaultOwner
    writeTokenAccount(ledger, { account: pool.vaultBase, owner, token: pool.base, units: pool.baseUnits })
    const quoteUnits = (pool.baseUnits * ratio.quote) / ratio.base
    writeTokenAccount(ledger, { account: pool.vaultQuote, owner, token: pool.quote, units: quoteUnits })
  }
  const maker = derivedKey(MARKET_MAKER_LABEL).address
  ledger.setAccount(maker, {
    lamports: MAKER_LAMPORTS,
    owner: SYSTEM_PROGRAM_ADDRESS,
    data: new Uint8Array(),
    executable: false,
  })
  for (const { symbol } of Object.values(LOCAL_TOKENS)) fundToken(ledger, maker, symbol, MAKER_UNITS[symbol])
}
