import type { RunDocument, RunFill } from '../../core/app/run/run-document.ts'
import { SOL_MINT } from '../../core/money/token.ts'
import type { JournalledOrder } from './journal-on-disk.ts'
import type { WalletOnChain } from './wallet-on-chain.ts'

/** What runs said, what the journal has, and what the chain has, of the same time. */
export interface Books {
  readonly fills: readonly RunFill[]
  readonly failedLandings: NonNullable<RunDocument['failedLandings']>
  readonly journal: readonly Pick<JournalledOrder, 'key' | 'state' | 'attempts' | 'filledBy'>[]
  readonly chain: Pick<WalletOnChain, 'transactions'>
}

/** Everything in which they differ, a sentence each: transactions by signature, amounts and fees to the unit. */
export function differences({ fills, failedLandings, journal, chain }: Books): string[] {
  const found: string[] = []
  const told = fills.flatMap(signaturesOf)
  const attempts = new Set(journal.flatMap(order => order.attempts))
  const landed = new Map(chain.transactions.map(transaction => [transaction.signature, transaction]))
  for (const { signature, succeeded, lamports } of chain.transactions) {
    if (!attempts.has(signature)) found.push(`the chain has ${signature}, and the journal does not know it`)
    else if (succeeded && !told.includes(signature)) found.push(`${signature} landed, and no fill tells of it`)
    if (succeeded) continue
    const failed = failedLandings.find(landing => landing.signature === signature)
    const paid = failed && BigInt(failed.fees.base_lamports) + BigInt(failed.fees.priority_lamports)
    if (paid !== -lamports) found.push(`${signature} failed and cost ${-lamports}, told: ${paid ?? 'nothing'}`)
  }
  for (const { key, state, filledBy } of journal) {
    if (state === 'confirmed' && !told.includes(filledBy ?? '')) found.push(`${key} is confirmed, and was not told of`)
  }
  for (const fill of fills) {
    const transactions = signaturesOf(fill).flatMap(signature => landed.get(signature) ?? [])
    if (transactions.length !== signaturesOf(fill).length) {
      found.push(`${fill.key} is filled by ${signaturesOf(fill).join(', ')}, and the chain does not have it`)
      continue
    }
    const { base_lamports, priority_lamports, tip_lamports, rent_lamports } = fill.fees
    const costs = [base_lamports, priority_lamports, tip_lamports, rent_lamports].reduce(
      (sum, n) => sum + BigInt(n),
      0n,
    )
    const changeOf = (mint: string): bigint =>
      transactions.reduce(
        (sum, { lamports, tokens }) => sum + (mint === SOL_MINT ? lamports : (tokens.get(mint) ?? 0n)),
        0n,
      ) + (mint === SOL_MINT ? costs : 0n)
    const paid = -changeOf(fill.input.mint)
    const received = changeOf(fill.output.mint)
    if (paid !== BigInt(fill.input.amount)) found.push(`${fill.key} paid ${fill.input.amount}, on the chain ${paid}`)
    if (received !== BigInt(fill.output.amount)) {
      found.push(`${fill.key} received ${fill.output.amount}, on the chain ${received}`)
    }
  }
  if (new Set(told).size !== told.length) found.push('a transaction is told of twice')
  return found
}

export function signaturesOf({ parts, signature }: RunFill): readonly string[] {
  return parts?.map(part => part.signature) ?? [signature]
}
