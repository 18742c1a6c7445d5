/**
 * A URL that may be shown: user and password, every query value, and path segments that look like a key are masked.
 * Providers put keys in all three places.
 */
export function redactUrl(url: string): string {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    return '(not a URL)'
  }
  const path = parsed.pathname
    .split('/')
    .map(segment => (looksSecret(segment) ? '***' : segment))
    .join('/')
  const query = [...parsed.searchParams.keys()].map(key => `${key}=***`).join('&')
  const user = parsed.username || parsed.password ? '***@' : ''
  return `${parsed.protocol}//${user}${parsed.host}${path}${query ? `?${query}` : ''}`
}

/** What is shorter is no key, and to mask it would mask half of the text. */
const SECRET_MIN_LENGTH = 4

/** A text in which that URL's own form is replaced by its masked one. */
export function redactText(text: string, url: string): string {
  const shown = redactUrl(url)
  // A host alone may stand in the text with a slash behind it: that one is enough.
  let out = text.replaceAll(url, url.endsWith('/') ? shown : shown.replace(/\/$/, ''))
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const secrets = [
    parsed?.username,
    parsed?.password,
    ...(parsed?.searchParams.values() ?? []),
    ...(parsed?.pathname.split('/').filter(looksSecret) ?? []),
  ]
  for (const secret of secrets)
    if (secret !== undefined && secret.length >= SECRET_MIN_LENGTH) out = out.replaceAll(secret, '***')
  return out
}

/** Long and mixed, of letters and digits or of small and large ones: a key, not a word of a path as in `swap-instructions` or `v1`. */
function looksSecret(segment: string): boolean {
  if (segment.length < 16) return false
  return (/\d/.test(segment) && /[a-zA-Z]/.test(segment)) || (/[a-z]/.test(segment) && /[A-Z]/.test(segment))
}
