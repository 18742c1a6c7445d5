import { expect } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { sniperforge } from './command.ts'

export const DCA = ['strategy-run', '--type', 'dca', '--config', 'configs/strategies/dca.json'] as const

/** Runs a command that must succeed without a word on stderr, and reads the document it prints. */
export async function runDocument(home: string, args: readonly string[]): Promise<RunDocument> {
  const { code, stdout, stderr } = await sniperforge(home, [...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as RunDocument
}

/** What two equal runs share: all but wall-clock figures and the directory. */
export function repeatable({ timing: _, dataDirectory: __, ...rest }: RunDocument): object {
  return rest
}

export const sum = (values: Iterable<string | bigint>): bigint => {
  let total = 0n
  for (const value of values) total += BigInt(value)
  return total
}

/** How a token of the wallet changed over a run, in base units. */
export function tokenChange({ portfolio }: RunDocument, symbol: string): bigint {
  const held = ({ tokens }: RunDocument['portfolio']['before']): bigint =>
    BigInt(tokens.find(token => token.symbol === symbol)?.amount ?? 0)
  return held(portfolio.after) - held(portfolio.before)
}

export function lamportsChange({ portfolio }: RunDocument): bigint {
  return BigInt(portfolio.after.sol_lamports) - BigInt(portfolio.before.sol_lamports)
}

/** The fills explain the wallet's change to the last unit: spent, received, fees and deposits. */
export function expectFillsToBeTheChange(run: RunDocument): void {
  expect(tokenChange(run, 'USDC')).toBe(-sum(run.fills.map(fill => fill.input.amount)))
  const received = sum(run.fills.map(fill => fill.output.amount))
  expect(lamportsChange(run)).toBe(received - BigInt(run.costs.total_lamports) - BigInt(run.costs.rent_lamports))
}
