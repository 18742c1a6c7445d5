import { describe, expect, it } from 'vitest'
import { type Amount, type Fill, type ForgeEvent, type Report, SOL_MINT, type Token } from '../../../core/index.ts'
import { type LineOptions, linesOf } from './lines.ts'

const SOL: Token = { cluster: 'test', mint: SOL_MINT, symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = { ...SOL, mint: 'usdc', symbol: 'USDC', decimals: 6 }
const at = Date.parse('2024-01-01T03:00:01.200Z')
const SIGNATURE = '5h3kYv1Qm8wJxqW2'

const BASE = {
  kind: 'report',
  at,
  orderId: 'o1',
  key: '2024-01-01T03:00',
  node: 'plan',
  input: USDC,
  output: SOL,
} as const

function fill(input: Amount, output: Amount): Fill {
  return {
    orderId: 'o1',
    key: 'k',
    venue: 'jupiter',
    signature: SIGNATURE,
    slot: 7,
    at,
    input,
    output,
    quotedOutput: output,
    minimumOutput: output,
    fees: { base_lamports: 5_000n, priority_lamports: 1_200n, tip_lamports: 0n, rent_lamports: 2_039_280n },
    computeUnits: 90_000,
    priceImpactBps: 1.234,
    slippageBps: -0.5,
  }
}

const BOUGHT = fill({ token: USDC, units: 10_000_000n }, { token: SOL, units: 66_581_234n })

function lines(event: ForgeEvent, options: Partial<LineOptions> = {}): readonly string[] {
  return linesOf(event, { verbose: false, receipt: false, routes: false, explorerLink: () => undefined, ...options })
}

describe('an order that waits', () => {
  it('is told with what it waits for, and not when that is nothing', () => {
    expect(lines({ ...BASE, state: 'armed', waitsFor: 'SOL at 140' })).toEqual([
      '2024-01-01 03:00:01Z  armed  USDC → SOL  [2024-01-01T03:00]',
      '    SOL at 140',
    ])
    expect(lines({ ...BASE, state: 'armed', waitsFor: 'nothing', atOnce: true })).toEqual([])
  })
})

describe('a fill', () => {
  it('is told with what was paid, received, the price, the costs and the transaction', () => {
    expect(lines({ ...BASE, state: 'filled', fill: BOUGHT, recovered: false })).toEqual([
      '2024-01-01 03:00:01Z  filled  10 USDC → 0.066581234 SOL at 150.19247 USDC  [2024-01-01T03:00]',
      '    jupiter, fee 0.0000062 SOL, rent 0.00203928 SOL, impact 1.23 bps, slippage -0.5 bps',
      `    tx ${SIGNATURE}`,
    ])
  })

  it('is held against its promise, line by line', () => {
    const promised = {
      inputUnits: 10_000_000n,
      fees: { base_lamports: 5_000n, priority_lamports: 1_000n, tip_lamports: 0n, rent_lamports: 2_039_280n },
      computeUnits: 90_500,
      slot: 5,
    }
    const quotedOutput = { token: SOL, units: 66_600_000n }
    const minimumOutput = { token: SOL, units: 66_000_000n }
    const report: Report = {
      ...BASE,
      state: 'filled',
      fill: { ...BOUGHT, promised, quotedOutput, minimumOutput },
      recovered: false,
    }
    expect(lines(report, { receipt: true }).slice(2, -1)).toEqual([
      '                            promised          outcome                   difference',
      '    paid                     10 USDC          10 USDC                         none',
      '    received              0.0666 SOL  0.066581234 SOL  -0.000018766 SOL, -2.81 bps',
      '    at least               0.066 SOL  0.066581234 SOL                         kept',
      '    base fee            0.000005 SOL     0.000005 SOL                         none',
      '    priority fee        0.000001 SOL    0.0000012 SOL               +0.0000002 SOL',
      '    tip                        0 SOL            0 SOL                         none',
      '    rent, comes back  0.00203928 SOL   0.00203928 SOL                         none',
      '    compute units              90500            90000                         -500',
      '    slot                           5                7                2 slots later',
    ])
    expect(lines({ ...report, fill: BOUGHT }, { receipt: true })).toHaveLength(3)
  })

  it('has the explorer link where there is one, and says when it is of an earlier run', () => {
    const report: Report = { ...BASE, state: 'filled', fill: BOUGHT, recovered: true }
    const told = lines(report, { explorerLink: signature => `https://explorer.test/tx/${signature}` })
    expect(told[0]).toContain('filled by an earlier run')
    expect(told[2]).toBe(`    https://explorer.test/tx/${SIGNATURE}`)
  })

  it('prices a sale in dollars too', () => {
    const sold = fill({ token: SOL, units: 2_000_000_000n }, { token: USDC, units: 301_000_000n })
    expect(lines({ ...BASE, state: 'filled', fill: sold, recovered: false })[0]).toContain(
      '2 SOL → 301 USDC at 150.5 USDC',
    )
  })

  it('in parts is told part by part, with what is left, and then with every transaction', () => {
    const part = fill({ token: USDC, units: 4_000_000n }, { token: SOL, units: 26_700_000n })
    const left = { token: USDC, units: 6_000_000n }
    expect(lines({ ...BASE, state: 'partly-filled', fill: { ...part, signature: 'one' }, left })).toEqual([
      '2024-01-01 03:00:01Z  partly filled  4 USDC → 0.0267 SOL at 149.812734 USDC; 6 USDC left  [2024-01-01T03:00]',
      '    jupiter, fee 0.0000062 SOL, rent 0.00203928 SOL, impact 1.23 bps, slippage -0.5 bps',
      '    tx one',
    ])
    const parts = ['one', 'two'].map(signature => ({ ...part, signature }))
    const whole: Report = { ...BASE, state: 'filled', fill: { ...BOUGHT, parts }, recovered: false }
    expect(lines(whole).slice(2)).toEqual(['    tx one', '    tx two'])
    const reason = { code: 'ORDER_PARTLY_FILLED', message: '2 USDC of 12 USDC were not traded: no route' }
    expect(lines({ ...whole, reason })[2]).toBe('    2 USDC of 12 USDC were not traded: no route')
  })

  it('of a dry run is one that would have been', () => {
    const told = lines({ ...BASE, state: 'simulated', fill: BOUGHT })
    expect(told[0]).toContain('would fill  10 USDC')
    expect(told.at(-1)).toContain('nothing was sent')
  })
})

describe('an order that was not filled', () => {
  it.each(['skipped', 'failed', 'expired', 'unresolved'] as const)('is told with its reason and remedy: %s', state => {
    const reason = { code: 'PRICE_ABOVE_BOUND', message: 'the price is 210 USDC', remedy: 'Raise maxPrice.' }
    expect(lines({ ...BASE, state, reason })).toEqual([
      `2024-01-01 03:00:01Z  ${state}  USDC → SOL: the price is 210 USDC  [2024-01-01T03:00]`,
      '    Raise maxPrice.',
    ])
  })
})

describe('steps on the way', () => {
  const sent: Report = { ...BASE, state: 'sent', signature: SIGNATURE, attempt: 2 }

  it('are told only when asked for', () => {
    expect(lines(sent)).toEqual([])
    expect(lines(sent, { verbose: true })).toEqual([
      '2024-01-01 03:00:01Z  sent  attempt 2, tx 5h3kYv1Q…  [2024-01-01T03:00]',
    ])
  })

  it('of a kind nobody knows are nothing', () => {
    expect(lines({ kind: 'acme/depth', at }, { verbose: true })).toEqual([])
  })
})

it('a notice is told with its level', () => {
  expect(lines({ kind: 'notice', at, level: 'warning', title: 'A slot was missed', text: 'It was left out.' })).toEqual(
    ['2024-01-01 03:00:01Z  warning: A slot was missed', '    It was left out.'],
  )
})
