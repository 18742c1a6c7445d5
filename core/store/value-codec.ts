/** JSON that keeps bigint: `5n` is `{"$bigint":"5"}`. The key `$bigint` is therefore reserved. */
export function encodeValue(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'bigint' ? { $bigint: field.toString() } : field,
  )
}

/** The value that `encodeValue` wrote. */
export function decodeValue<T>(text: string): T {
  if (!text.includes('"$bigint"')) return JSON.parse(text) as T
  return JSON.parse(text, (_key, field: unknown) =>
    typeof field === 'object' && field !== null && '$bigint' in field ? BigInt(String(field.$bigint)) : field,
  ) as T
}
