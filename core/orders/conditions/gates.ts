import { type Checked, termsOf } from './checked.ts'
import { evaluateValue } from './evaluate.ts'
import type { ComparisonOperator } from './parser.ts'
import type { Term } from './term.ts'

/** A comparison of a term with a constant. */
export interface Gate {
  readonly term: Term
  /** Whether the term has to be below the constant, or above it. */
  readonly side: 'below' | 'above'
  readonly constant: number
  /** Whether it may equal it. */
  readonly orEqual: boolean
}

/**
 * Comparisons of which at least one holds whenever the condition does: as long as none of them does, nothing else of it
 * matters. Undefined when it has no such, and must be asked itself. Of `a && b`, either side will do; `a || b` needs both.
 */
export function gatesOf(checked: Checked): readonly Gate[] | undefined {
  if (checked.kind === 'compare') return gateOf(checked)
  if (checked.kind !== 'logic') return undefined
  const [left, right] = [gatesOf(checked.left), gatesOf(checked.right)]
  if (checked.operator === '||') return left && right && [...left, ...right]
  if (!left || !right) return left ?? right
  return left.length <= right.length ? left : right
}

const SIDES: Readonly<Partial<Record<ComparisonOperator, Pick<Gate, 'side' | 'orEqual'>>>> = {
  '<': { side: 'below', orEqual: false },
  '<=': { side: 'below', orEqual: true },
  '>': { side: 'above', orEqual: false },
  '>=': { side: 'above', orEqual: true },
}

function gateOf({ left, right, operator }: Extract<Checked, { kind: 'compare' }>): readonly Gate[] | undefined {
  const how = SIDES[operator]
  if (!how) return undefined
  if (left.kind === 'term') {
    const constant = constantOf(right)
    return constant === undefined ? undefined : [{ term: left.term, constant, ...how }]
  }
  if (right.kind !== 'term') return undefined
  const constant = constantOf(left)
  const side = how.side === 'below' ? 'above' : 'below'
  return constant === undefined ? undefined : [{ ...how, term: right.term, constant, side }]
}

/** The value of what asks for nothing. */
function constantOf(checked: Checked): number | undefined {
  if (termsOf(checked).length > 0) return undefined
  const value = evaluateValue(checked, { answer: () => undefined })
  return typeof value === 'number' ? value : undefined
}
