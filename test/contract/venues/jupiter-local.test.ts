import { AccountRole, address, type Instruction as KitInstruction } from '@solana/kit'
import fc from 'fast-check'
import { FailedTransactionMetadata } from 'litesvm'
import { describe, expect, it } from 'vitest'
import type { Instruction, QuoteRequest, Token, Venue } from '../../../core/index.ts'
import { LOCAL_TOKENS } from '../../../core/localnet/market/tokens.ts'
import { signTransaction } from '../../../core/localnet/sign-transaction.ts'
import { createJupiterVenue } from '../../../plugins/execution/jupiter/venue.ts'
import { MarketWorld } from '../../localnet/market-world.ts'

const { SOL, USDC, JSOL, BONK } = LOCAL_TOKENS
const calm = new AbortController().signal

function venueOf(world: MarketWorld): Venue {
  return createJupiterVenue({
    url: 'http://market.invalid/swap/v1/',
    config: { slippageBps: 50, priorityFee: 0, onlyDirectRoutes: false, timeout: '10s', concurrency: 1 },
    http: (input, init) => world.market.handle(new Request(input, init)),
    clock: world.clock,
  })
}

function ask(input: Token, output: Token, units: bigint, exact: 'in' | 'out' = 'in'): QuoteRequest {
  return { input, output, amount: { token: exact === 'in' ? input : output, units }, exact, slippageBps: 50 }
}

function execute(world: MarketWorld, instructions: readonly Instruction[]): void {
  const lifetime = { blockhash: world.ledger.latestBlockhash(), lastValidBlockHeight: 0n }
  const result = world.ledger.execute(signTransaction(instructions.map(kitInstruction), [world.trader], lifetime))
  if (result instanceof FailedTransactionMetadata) throw new Error(result.meta().prettyLogs())
}

function kitInstruction({ programId, accounts, data }: Instruction): KitInstruction {
  const role = (signer: boolean, writable: boolean): AccountRole =>
    signer
      ? writable
        ? AccountRole.WRITABLE_SIGNER
        : AccountRole.READONLY_SIGNER
      : writable
        ? AccountRole.WRITABLE
        : AccountRole.READONLY
  return {
    programAddress: address(programId),
    accounts: accounts.map(each => ({ address: address(each.address), role: role(each.signer, each.writable) })),
    data,
  }
}

describe("the Jupiter venue on the embedded chain's market", () => {
  it('quotes what its plan then does on chain, to the unit, for any size and either side', async () => {
    const world = new MarketWorld()
    const venue = venueOf(world)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Token>(SOL, JSOL, BONK),
        fc.constantFrom('in' as const, 'out' as const),
        fc.bigInt({ min: 1_000n, max: 5_000_000_000n }),
        async (output, exact, units) => {
          const quote = await venue.quote(ask(USDC, output, units, exact), calm)
          if (!quote) return
          const before = world.units('USDC')
          const plan = await venue.plan(quote, world.trader.address, calm)
          execute(world, plan.instructions)
          expect(before - world.units('USDC')).toBe(quote.input.units)
          expect(quote[exact === 'in' ? 'input' : 'output'].units).toBe(units)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('gives what was quoted to the wallet', async () => {
    const world = new MarketWorld()
    const venue = venueOf(world)
    const quote = await venue.quote(ask(USDC, BONK, 25_000_000n), calm)
    const plan = await venue.plan(quote!, world.trader.address, calm)
    execute(world, plan.instructions)
    expect(world.units('BONK')).toBe(quote!.output.units)
    expect(quote).toMatchObject({ slot: world.ledger.slot(), priceImpactBps: expect.any(Number) })
  })

  it('has no route for a size beyond every pool, and refuses a token with itself', async () => {
    const venue = venueOf(new MarketWorld())
    expect(await venue.quote(ask(USDC, SOL, 10n ** 18n, 'out'), calm)).toBeUndefined()
    await expect(venue.quote(ask(USDC, USDC, 1_000_000n), calm)).rejects.toMatchObject({
      code: 'VENUE_REFUSED',
      context: { code: 'CIRCULAR_ARBITRAGE_IS_DISABLED' },
    })
  })
})
