/**
 * How long a server asks to be left alone, in milliseconds: seconds, or a date, which is read against the server's own
 * clock where it tells it. Undefined without the header or when it is neither. Source: RFC 9110, section 10.2.3.
 *
 * @param now_ms Stands in for the server's clock.
 */
export function retryAfter_ms(headers: Headers, now_ms: number): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (!text) return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const until_ms = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN
  if (Number.isNaN(until_ms)) return undefined
  const server_ms = Date.parse(headers.get('date') ?? '')
  return Math.max(0, until_ms - (Number.isNaN(server_ms) ? now_ms : server_ms))
}
