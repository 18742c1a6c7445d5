/** `JSON.rawJSON` (ES2026, in Node since 21) writes digits as they are; TypeScript's library doesn't know it yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON

/** JSON in which a bigint is a plain number of any length, as a node writes u64. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'bigint' ? rawJson(entry.toString()) : entry,
  )
}
