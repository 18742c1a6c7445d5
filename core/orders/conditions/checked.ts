import type { ArithmeticOperator, ComparisonOperator } from './parser.ts'
import type { Place } from './problem.ts'
import type { Direction, Term } from './term.ts'
import type { Unit } from './unit.ts'

/**
 * A condition that makes sense: every name is known and the units agree. Values are float64: prices in quote per whole
 * base, amounts in whole tokens, percentages as fractions, times and durations in milliseconds.
 */
export type Checked = Place & { readonly unit: Unit } & (
    | { readonly kind: 'constant'; readonly value: number | Direction }
    | { readonly kind: 'term'; readonly term: Term }
    | { readonly kind: 'not' | 'negate'; readonly operand: Checked }
    | { readonly kind: 'logic'; readonly operator: '&&' | '||'; readonly left: Checked; readonly right: Checked }
    | {
        readonly kind: 'compare'
        readonly operator: ComparisonOperator
        readonly left: Checked
        readonly right: Checked
      }
    | {
        readonly kind: 'arithmetic'
        readonly operator: ArithmeticOperator
        readonly left: Checked
        readonly right: Checked
      }
  )

/** What it asks the world for, in the order written. */
export function termsOf(checked: Checked): readonly Term[] {
  switch (checked.kind) {
    case 'constant':
      return []
    case 'term':
      return [checked.term]
    case 'not':
    case 'negate':
      return termsOf(checked.operand)
    default:
      return [...termsOf(checked.left), ...termsOf(checked.right)]
  }
}
