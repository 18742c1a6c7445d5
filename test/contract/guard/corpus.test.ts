import { createAssociatedTokenAccountIdempotentInstruction } from '@solana/spl-token'
import { SystemProgram } from '@solana/web3.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isForgeError } from '../../../core/errors/forge-error.ts'
import { formatUnits } from '../../../core/money/amount.ts'
import type { Instruction } from '../../../core/plugin/venue.ts'
import { HOSTILE } from './corpus.ts'
import { type GuardWorld, guardWorld, plain } from './guard-world.ts'

let world: GuardWorld

beforeAll(async () => {
  const opened = await guardWorld()
  // The wallet has an empty account too, and a second swap that nobody asked for.
  await opened.world.trade(opened.world.intent('buy', '1 USDC', 'BONK'))
  const bought = formatUnits(await opened.world.held('BONK'), 5)
  await opened.world.trade(opened.world.intent('sell', `${bought} BONK`, 'USDC'))
  const other = await opened.swap('1 JSOL', 'USDC')
  world = { ...opened, others: other.instructions.filter(each => each.programId === opened.swapProgram) }
})

afterAll(() => world.world.close())

describe('the guard refuses', () => {
  test.each(HOSTILE.map(hostile => [hostile.name, hostile] as const))('%s', async (_name, hostile) => {
    const { quote, instructions } = hostile.sells
      ? await world.swap('1 SOL', 'USDC')
      : await world.swap('10 USDC', 'SOL')
    const tampered = hostile.tamper(instructions, world)
    expect(tampered).not.toEqual(instructions)
    const thrown: unknown = await world.guard(quote, tampered).then(
      simulation => ({ signed: simulation }),
      (error: unknown) => error,
    )
    expect(thrown).toMatchObject({ code: 'GUARD_REFUSED', context: { rule: hostile.rule } })
  })

  test('an address hidden in a lookup table', async () => {
    const { quote, instructions } = await world.swap('10 USDC', 'SOL')
    const table = world.attacker.toBase58()
    const hidden = [
      ...instructions,
      plain(SystemProgram.transfer({ fromPubkey: world.wallet, toPubkey: world.mint('JSOL'), lamports: 1 })),
    ]
    const refused = world.guard(quote, hidden, { tables: { [table]: [world.mint('JSOL').toBase58()] } })
    await expect(refused).rejects.toMatchObject({ code: 'GUARD_REFUSED', context: { rule: 'transfer' } })
  })

  test('a tip above the cap, in one transfer or in two', async () => {
    const { quote, instructions } = await world.swap('10 USDC', 'SOL')
    const tip = (lamports: number): Instruction =>
      plain(SystemProgram.transfer({ fromPubkey: world.wallet, toPubkey: world.attacker, lamports }))
    const allowed = { tipAccounts: new Set([world.attacker.toBase58()]), maxTip_lamports: 10_000n }
    for (const tips of [[tip(10_001)], [tip(6_000), tip(6_000)]]) {
      await expect(world.guard(quote, [...instructions, ...tips], allowed)).rejects.toMatchObject({
        context: { rule: 'tip' },
      })
    }
  })

  test('names the instruction and says what it would have done', async () => {
    const { quote, instructions } = await world.swap('10 USDC', 'SOL')
    const theft = plain(SystemProgram.transfer({ fromPubkey: world.wallet, toPubkey: world.attacker, lamports: 5 }))
    const thrown: unknown = await world.guard(quote, [...instructions, theft]).catch((error: unknown) => error)
    expect(isForgeError(thrown) && thrown.message).toMatch(/^instruction \d+ was refused: it sends 5 lamports to /)
  })
})

describe('the guard lets through', () => {
  test.each([
    ['10 USDC', 'SOL'],
    ['1 SOL', 'USDC'],
    ['25 USDC', 'JSOL'],
    ['1 JSOL', 'SOL'],
    ['100 USDC', 'BONK'],
  ])('%s into %s as the venue builds it', async (amount, output) => {
    const { quote, instructions } = await world.swap(amount, output)
    expect((await world.guard(quote, instructions)).error).toBeUndefined()
  })

  test('an account that is opened twice, and dust sent to the wallet by others', async () => {
    const { quote, instructions } = await world.swap('10 USDC', 'SOL')
    const open = plain(
      createAssociatedTokenAccountIdempotentInstruction(
        world.wallet,
        world.account('JSOL'),
        world.wallet,
        world.mint('JSOL'),
      ),
    )
    expect((await world.guard(quote, [open, ...instructions])).error).toBeUndefined()
  })
})
