import { SOL_MINT } from '../../../core/money/token.ts'
import type { JournalledOrder } from '../journal-on-disk.ts'
import type { KilledRound } from './kill-orders.ts'
import { SLICES } from './wishes.ts'

const OVER = ['confirmed', 'failed', 'expired', 'cancelled']

/** Everything that does not hold, a sentence each; empty for a good run. */
export function verdict(run: KilledRound): string[] {
  return [...ended(run), ...onceOnChain(run), ...balanced(run), ...linked(run)]
}

/** Each wish is in the journal, under one key, and has an end; what was not traded has its reason. */
function ended({ journal, wishes }: KilledRound): string[] {
  const found = journal
    .filter(({ state, filledBy, reason }) => !OVER.includes(state) || (state !== 'confirmed' && !reason && !filledBy))
    .map(({ node, key, state }) => `${node} ${key} is ${state} without an end or a reason`)
  if (new Set(journal.map(({ fullKey }) => fullKey)).size !== journal.length) found.push('a key is there twice')
  const keys = new Set(journal.map(({ key }) => key))
  return [...found, ...wishes.filter(({ key }) => !keys.has(key)).map(({ key }) => `the journal has no ${key}`)]
}

/** What landed is what the journal says has filled, each by one transaction. */
function onceOnChain({ journal, after }: KilledRound): string[] {
  const filledBy = new Map(journal.flatMap(order => (order.filledBy === undefined ? [] : [[order.filledBy, order]])))
  const found: string[] = []
  const landed = new Map(after.transactions.map(transaction => [transaction.signature, transaction]))
  for (const { signature, succeeded } of after.transactions) {
    const isKnown = journal.some(({ attempts }) => attempts.includes(signature))
    if (!isKnown) found.push(`the chain has ${signature}, and the journal has never heard of it`)
    else if (succeeded && !filledBy.has(signature)) found.push(`${signature} landed, and fills nothing`)
  }
  for (const { key, state, filledBy: signature, attempts, isWhole } of journal) {
    if (isWhole) continue
    if (state === 'confirmed' && !landed.get(signature ?? '')?.succeeded) {
      found.push(`${key} is confirmed, and nothing of it landed`)
    }
    const times = attempts.filter(attempt => landed.get(attempt)?.succeeded).length
    if (times > 1) found.push(`${key} was traded ${times} times`)
  }
  return found
}

/** What the fills add up to is what the wallet has, to the unit. */
function balanced({ journal, before, after }: KilledRound): string[] {
  const change = new Map<string, bigint>()
  const add = (mint: string, units: bigint): void => void change.set(mint, (change.get(mint) ?? 0n) + units)
  for (const { isWhole, filledBy, inputMint, outputMint, input, output, costs_lamports } of journal) {
    if (isWhole || filledBy === undefined) continue
    add(inputMint, -input)
    add(outputMint, output)
    add(SOL_MINT, -costs_lamports)
  }
  // A transaction that failed in its block has no fill, and was charged all the same.
  for (const { succeeded, fee_lamports } of after.transactions) if (!succeeded) add(SOL_MINT, -fee_lamports)
  const found: string[] = []
  for (const [mint, units] of change) {
    const held = ({ lamports, tokens }: KilledRound['after']): bigint =>
      mint === SOL_MINT ? lamports : (tokens.get(mint) ?? 0n)
    const is = held(after) - held(before)
    if (is !== units) found.push(`the wallet has ${is} units more of ${mint}, and ${units} by the journal`)
  }
  return found
}

/** Of a stop and a target one trades; a bracket sells what its entry brought, slices add up to their order. */
function linked({ journal, wishes }: KilledRound): string[] {
  const byKey = new Map(journal.map(order => [order.key, order]))
  const below = (key: string): readonly JournalledOrder[] => journal.filter(order => order.key.startsWith(`${key}/`))
  const traded = (orders: readonly JournalledOrder[]): bigint => orders.reduce((sum, { input }) => sum + input, 0n)
  const found: string[] = []
  for (const { kind, key } of wishes) {
    const parts = below(key)
    const asked = byKey.get(key)?.asked ?? 0n
    const filled = parts.filter(({ state }) => state === 'confirmed')
    if (kind === 'oco') {
      if (filled.length > 1) found.push(`${key}: ${filled.length} of its legs have traded`)
      if (traded(parts) > asked) found.push(`${key} is for ${asked} units, and its legs traded ${traded(parts)}`)
      if (parts.length !== 2) found.push(`${key} has ${parts.length} legs`)
    } else if (kind === 'twap') {
      if (traded(parts) > asked) found.push(`${key} is for ${asked} units, and its slices traded ${traded(parts)}`)
      if (parts.length > SLICES) found.push(`${key} has ${parts.length} slices`)
      if (filled.length === SLICES && traded(parts) !== asked) found.push(`${key}: its slices do not add up`)
    } else if (kind === 'bracket') {
      const entry = byKey.get(`${key}/entry`)
      const exits = parts.filter(order => order !== entry)
      const brought = entry?.output ?? 0n
      const sized = exits.filter(order => order.asked !== brought)
      if (exits.length !== (brought > 0n ? 2 : 0)) found.push(`${key} has ${exits.length} exits for ${brought} units`)
      for (const exit of sized) found.push(`${exit.key} is for ${exit.asked} units, and the entry brought ${brought}`)
      if (traded(exits) > brought) found.push(`${key} brought ${brought} units, and ${traded(exits)} were sold`)
    }
  }
  return found
}
