import { expect, it } from 'vitest'
import type { IntentEvent } from '../../../core/events/event.ts'
import type { Fill, Report } from '../../../core/events/report.ts'
import { formatAmount } from '../../../core/money/amount.ts'
import { bothSides } from '../../../core/money/exchange.ts'
import type { Journal } from '../../../core/orders/journal.ts'
import type { Trader } from '../../../core/plugin/services.ts'
import { MemoryJournal } from '../../../core/store/memory-journal.ts'
import { runPlugin } from '../../../core/testing/index.ts'
import { plainFill } from '../../plain-fill.ts'
import { market, plugin, price, wants } from './order-trial.ts'

/** What guards a holding fires with what is there of it. */

const SCOPE = { genesisHash: 'g', wallet: 'w', deploymentId: 'd' }

const traded = (given: readonly { readonly kind: string }[]): IntentEvent =>
  given.find((event): event is IntentEvent => event.kind === 'intent')!

it.each([
  ['stop-loss', { trigger: '90' }, '89'],
  ['take-profit', { trigger: '110' }, '111'],
  ['trailing-stop', { offset: '5%' }, '89'],
  ['oco', { stop: '90', target: '110' }, '89'],
])('a %s trades less where the wallet has less', async (name, settings, then) => {
  const events = [price('100', 0), wants('a', '1 SOL', {}, 1), price('100', 2), price(then, 3)]
  const { given } = await runPlugin(plugin(name), { with: settings, events, services: market(events) })
  expect(traded(given)).toMatchObject({ upTo: true, amount: { units: 1_000_000_000n } })
})

it.each([
  ['limit', { price: '110' }, '111'],
  ['market', {}, '100'],
  ['conditional', { when: 'price(SOL/USDC) < 90' }, '89'],
])('a %s trades what it was made for, or nothing', async (name, settings, then) => {
  const events = [price('100', 0), wants('a', '1 SOL', {}, 1), price('100', 2), price(then, 3)]
  const { given } = await runPlugin(plugin(name), { with: settings, events, services: market(events) })
  expect(traded(given)).not.toHaveProperty('upTo')
})

/** Fills entries as they were asked for, and exits with a hundredth less: the wallet has no more. */
const shortTrader = (journal: Journal, asked: string[]): Trader => ({
  trade: async intent => {
    const { key, node, input: from, output: to, amount } = intent
    asked.push(`${key} ${formatAmount(amount)}${intent.upTo ? ' or less' : ''}`)
    const isExit = intent.upTo === true
    const units = isExit ? (amount.units * 99n) / 100n : amount.units
    const { input, output } = bothSides(price('100', 0).price, { ...intent, amount: { ...amount, units } })
    const short = `${formatAmount(input)} were traded instead of ${formatAmount(amount)}: the wallet had no more to give`
    const fill: Fill = {
      ...plainFill({ orderId: key, key, signature: key, at: intent.at, input, output }),
      ...(isExit && { short }),
    }
    const { id } = journal.take(intent, intent.at).order
    journal.move(id, 'submitting', { now: intent.at, cause: 'signed' })
    journal.move(id, 'confirmed', { now: intent.at, cause: 'landed', fill })
    const base = { kind: 'report', at: intent.at, orderId: key, key, node, input: from, output: to } as const
    return { ...base, state: 'filled', fill, recovered: false } satisfies Report
  },
})

it.each(['shrink', 'cancel'] as const)(
  'a bracket whose stop found less in the wallet is over, and its target does not wait for the rest (%s)',
  async onPartial => {
    const asked: string[] = []
    const journal = new MemoryJournal(SCOPE)
    const events = [price('100', 0), wants('a', '100 USDC', {}, 1), price('94', 2), price('150', 3), price('150', 99)]
    const { services } = await runPlugin(plugin('bracket'), {
      with: { stop: '5%', target: '10%', onPartial },
      events,
      services: market(events, { journal, replace: { trader: shortTrader(journal, asked) } }),
    })
    expect(asked).toEqual(['a/entry 100 USDC', 'a/1/stop 1 SOL or less'])
    const [whole, ...parts] = services.journal.orders()
    expect(parts.map(({ intent, state }) => `${intent.key} ${state}`)).toContain('a/1/target cancelled')
    expect(whole?.state).toBe('confirmed')
    expect(whole?.reason?.message).toBe(
      'entered with 100 USDC → 1 SOL; its stop traded 0.99 SOL → 99 USDC; 0.99 SOL were traded instead of 1 SOL: the wallet had no more to give',
    )
  },
)

it.each(['shrink', 'cancel'] as const)('and so is a stop with its target (%s)', async onPartial => {
  const asked: string[] = []
  const journal = new MemoryJournal(SCOPE)
  const events = [price('100', 0), wants('a', '1 SOL', {}, 1), price('89', 2), price('150', 3), price('150', 99)]
  const { services } = await runPlugin(plugin('oco'), {
    with: { stop: '90', target: '110', onPartial },
    events,
    services: market(events, { journal, replace: { trader: shortTrader(journal, asked) } }),
  })
  expect(asked).toEqual(['a/stop 1 SOL or less'])
  const whole = services.journal.orders().find(({ arming }) => arming?.isWhole)
  expect(whole?.state).toBe('confirmed')
  expect(whole?.reason?.message).toContain('its stop traded: 0.99 SOL → 99 USDC; 0.99 SOL were traded instead of 1 SOL')
})
