/**
 * JSON of an event or document: bigint as decimal strings, bytes as base64, keys in the order given.
 * The same event gives the same text, byte for byte.
 */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, field: unknown) => {
      if (typeof field === 'bigint') return field.toString()
      if (field instanceof Uint8Array) return Buffer.from(field).toString('base64')
      return field
    },
    indent,
  )
}
