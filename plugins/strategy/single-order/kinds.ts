import { ForgeError, parseDuration } from '../../../core/index.ts'

/** Fields that say when an order of some kind trades; each kind takes its own. */
const WAITING_FIELDS = [
  'trigger',
  'trail',
  'activate',
  'condition',
  'entry',
  'stop',
  'target',
  'over',
  'every',
] as const
type WaitingField = (typeof WAITING_FIELDS)[number]

/** What an order plugin takes of a single order. */
interface OrderKind {
  /** Fields by the names of the plugin's own terms. */
  readonly terms: Readonly<Partial<Record<WaitingField, string>>>
  readonly needs: readonly WaitingField[]
  /** Whether its size is an amount of what is given, settled when it is made. */
  readonly isAmount?: true
  /** Taken when no size is given; absent: a size must be given, for what is bought with. */
  readonly size?: string
}

const ALL = '100%'

/** The order plugins that come with SniperForge, and how they call what people say. */
export const ORDER_KINDS: Readonly<Record<string, OrderKind>> = {
  market: { terms: {}, needs: [] },
  limit: { terms: { trigger: 'price' }, needs: ['trigger'] },
  'stop-loss': { terms: { trigger: 'trigger' }, needs: ['trigger'], size: ALL },
  'take-profit': { terms: { trigger: 'trigger' }, needs: ['trigger'], size: ALL },
  'trailing-stop': { terms: { trail: 'offset', activate: 'activation' }, needs: ['trail'], size: ALL },
  conditional: { terms: { condition: 'when' }, needs: ['condition'] },
  oco: { terms: { stop: 'stop', target: 'target' }, needs: ['stop', 'target'], size: ALL },
  bracket: { terms: { entry: 'entry', stop: 'stop', target: 'target' }, needs: ['stop', 'target'] },
  twap: { terms: { over: 'duration', every: 'interval' }, needs: ['over', 'every'], isAmount: true },
}

/** What is said of an order, as text or number. */
export type Said = Readonly<Partial<Record<WaitingField | 'size' | 'expires', string | number>>>

/**
 * The terms of an order of a kind; what a kind does not know goes to its node by its own name.
 *
 * @throws PLUGIN_CONFIG_INVALID for what is missing, or means nothing to that kind
 */
export function termsFor(type: string, said: Said): Record<string, string | number> {
  const kind = ORDER_KINDS[type]
  const given = WAITING_FIELDS.filter(field => said[field] !== undefined)
  if (!kind) return Object.fromEntries(given.map(field => [field, said[field]!]))
  const strange = given.find(field => kind.terms[field] === undefined)
  if (strange !== undefined) {
    const own = Object.keys(kind.terms)
    throw invalid(
      strange,
      `means nothing to ${withArticle(type)} order`,
      own.length === 0 ? 'Leave it out.' : `It takes: ${own.join(', ')}.`,
    )
  }
  for (const field of LEVELS) {
    const level = said[field]
    if (level !== undefined && !LEVEL.test(String(level))) throw invalid(field, `is "${level}"`, EXAMPLES[field])
  }
  if (said.trail !== undefined && !isTrail(String(said.trail)))
    throw invalid('trail', `is "${said.trail}"`, EXAMPLES.trail)
  const missing = kind.needs.find(field => said[field] === undefined)
  if (missing !== undefined)
    throw invalid(missing, `is missing: ${withArticle(type)} order needs it`, EXAMPLES[missing])
  if (said.over !== undefined && said.every !== undefined) checkSlices(String(said.over), String(said.every))
  if (said.expires !== undefined && parseDuration(String(said.expires)) === 0)
    throw invalid('expires', `is ${said.expires}: the order would be over before it waits`, 'A duration, as in 7d.')
  const size = said.size ?? kind.size
  if (size === undefined) throw invalid('size', `is missing: how much is traded`, EXAMPLES.size)
  const own = Object.fromEntries(given.map(field => [kind.terms[field]!, said[field]!]))
  return kind.isAmount ? own : { ...own, size }
}

/** Fields that are a price, or a distance in percent. */
const LEVELS = ['stop', 'target'] as const
const LEVEL = /^(?=.*[1-9])\d+(?:\.\d+)?\s*%?$/

const TRAIL = /^(?=.*[1-9])(\d+(?:\.\d+)?)\s*(%|bps)?$/

/** A distance above zero, and less than all of the price. */
function isTrail(text: string): boolean {
  const [, value, unit] = TRAIL.exec(text.trim()) ?? []
  return value !== undefined && (unit === undefined || Number(value) < (unit === '%' ? 100 : 10_000))
}

const SLICES_MAX = 1_000

/** @throws PLUGIN_CONFIG_INVALID */
function checkSlices(over: string, every: string): void {
  const [over_ms, every_ms] = [parseDuration(over), parseDuration(every)]
  if (every_ms === 0 || every_ms > over_ms)
    throw invalid(
      'every',
      `is ${every}, which does not fit into ${over}`,
      'Give less time between slices, or more in all.',
    )
  const count = Math.floor(over_ms / every_ms)
  if (count > SLICES_MAX) throw invalid('every', `gives ${count} slices`, `Ask for ${SLICES_MAX} at most.`)
}

const EXAMPLES: Readonly<Record<WaitingField | 'size', string>> = {
  trigger: 'A price, as in 140.',
  trail: 'A distance, as in 3%, 50bps or 5.',
  activate: 'A price, as in 150.',
  condition: "As in 'price(SOL/USDC) < 140'.",
  entry: 'A price, as in 145.',
  stop: 'A price or a distance, as in 130 or 5%.',
  target: 'A price or a distance, as in 180 or 10%.',
  over: 'A duration, as in 1h.',
  every: 'A duration, as in 5m.',
  size: 'As in 50%, "2 SOL" or "100 USDC".',
}

function invalid(field: string, what: string, remedy: string): ForgeError {
  return new ForgeError('PLUGIN_CONFIG_INVALID', { message: `${field} ${what}`, remedy, context: { field } })
}

function withArticle(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}
