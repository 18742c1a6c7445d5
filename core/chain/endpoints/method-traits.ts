/** Reads whose answer a trade is decided on: an endpoint that is behind must not give them. */
const DECIDING: ReadonlySet<string> = new Set([
  'getAccountInfo',
  'getBalance',
  'getLatestBlockhash',
  'getMultipleAccounts',
  'getProgramAccounts',
  'getRecentPrioritizationFees',
  'getSlot',
  'getTokenAccountsByOwner',
  'simulateTransaction',
])

/** What takes an endpoint long, or what nobody else should wait for: never part of an array. */
const ALONE: ReadonlySet<string> = new Set(['getProgramAccounts', 'sniperforge_clock'])

export function decides(method: string): boolean {
  return DECIDING.has(method)
}

/** Whether an answer takes its time also where all is well. */
export function isSlow(method: string): boolean {
  return method === 'getProgramAccounts'
}

export function mayShareRequest(method: string): boolean {
  return !ALONE.has(method)
}

/** The commitment a call names, in its last parameter; undefined where it names none. */
export function commitmentOf(params: readonly unknown[]): string | undefined {
  const last = params.at(-1)
  const commitment = typeof last === 'object' && last !== null && 'commitment' in last ? last.commitment : undefined
  return typeof commitment === 'string' ? commitment : undefined
}

/** The slot whose state an answer is; undefined where it does not say. */
export function slotOf(method: string, result: unknown): number | undefined {
  if (method === 'getSlot') return typeof result === 'number' ? result : undefined
  const slot = (result as { context?: { slot?: unknown } } | null | undefined)?.context?.slot
  return typeof slot === 'number' ? slot : undefined
}
