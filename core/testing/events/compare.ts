/** One place where what came is not what was expected. */
export interface Difference {
  /** Steps from the root, as in `['0', 'price']`. */
  readonly path: readonly string[]
  /** As texts; undefined: nothing was expected, or nothing came. */
  readonly expected: string | undefined
  readonly actual: string | undefined
}

/**
 * What of `expected` is not in `actual`. Objects may have more fields than expected, lists may not have more items.
 * Numbers and amounts compare by value (`10 USDC` is `10.00 USDC`), and a text in slashes is a regular expression.
 */
export function compare(expected: unknown, actual: unknown, path: readonly string[] = []): Difference[] {
  if (Array.isArray(expected)) return compareLists(expected, actual, path)
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null) return [{ path, expected: show(expected), actual: show(actual) }]
    const fields = actual as Readonly<Record<string, unknown>>
    return Object.entries(expected).flatMap(([key, value]) => compare(value, fields[key], [...path, key]))
  }
  return sameScalar(expected, actual) ? [] : [{ path, expected: show(expected), actual: show(actual) }]
}

function compareLists(expected: readonly unknown[], actual: unknown, path: readonly string[]): Difference[] {
  if (!Array.isArray(actual)) return [{ path, expected: show(expected), actual: show(actual) }]
  const differences: Difference[] = []
  for (let index = 0; index < Math.max(expected.length, actual.length); index++) {
    const at = [...path, String(index)]
    if (index >= actual.length) differences.push({ path: at, expected: show(expected[index]), actual: undefined })
    else if (index >= expected.length) differences.push({ path: at, expected: undefined, actual: show(actual[index]) })
    else differences.push(...compare(expected[index], actual[index], at))
  }
  return differences
}

const QUANTITY = /^([+-]?\d+(?:\.\d+)?)(?:\s+(\S+))?$/

function sameScalar(expected: unknown, actual: unknown): boolean {
  if (expected === null) return actual === undefined || actual === null
  if (actual === undefined || (typeof actual === 'object' && actual !== null)) return false
  const [left, right] = [String(expected), String(actual)]
  if (left === right) return true
  const pattern = typeof expected === 'string' && /^\/(.+)\/$/s.exec(expected)
  if (pattern) return new RegExp(pattern[1]!).test(right)
  const [a, b] = [QUANTITY.exec(left), QUANTITY.exec(right)]
  return a !== null && b !== null && decimal(a[1]!) === decimal(b[1]!) && a[2] === b[2]
}

/** Without a sign of plus, and without zeros that say nothing. */
function decimal(text: string): string {
  const plain = text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1')
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain
}

function show(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') return value
  return JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? field.toString() : field))
}

/** `- key: a` and `+ key: b`: what was expected and what came. */
export function differenceLines({ path, expected, actual }: Difference, from = 0): string[] {
  const name = path.slice(from).join('.')
  const label = name === '' ? '' : `${name}: `
  return [
    ...(expected === undefined ? [] : [`- ${label}${expected}`]),
    ...(actual === undefined ? [`+ ${label}(nothing)`] : [`+ ${label}${actual}`]),
  ].filter(line => !(expected === undefined && line.endsWith('(nothing)')))
}
