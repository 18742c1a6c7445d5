/** `JSON.rawJSON` (ES2026, in Node since 21) writes digits as they are; TypeScript's library doesn't know it yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON

/** What `toJson` writes as the bigint's digits, at less cost than the bigint itself. */
export function jsonNumber(value: bigint): unknown {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : rawJson(value.toString())
}

/** JSON in which a bigint is a plain number of any length, as a node writes u64. */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (thrown) {
    // It refuses bigints. Looking at every member for them takes ten times as long, and most answers have none.
    if (!(thrown instanceof TypeError)) throw thrown
    return JSON.stringify(value, (_key, entry: unknown) =>
      typeof entry === 'bigint' ? rawJson(entry.toString()) : entry,
    )
  }
}
