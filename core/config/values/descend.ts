import { hintFor } from '../../errors/suggest.ts'
import type { Findings } from '../findings.ts'
import type { Span } from '../text/source-text.ts'
import { describeType, entry, joinPath, type Tree } from '../text/tree.ts'

/** The part of a value that the steps of a reference lead to; where they lead nowhere, it is told and unknown. */
export function descend(
  from: Tree,
  steps: readonly string[],
  name: string,
  at: { readonly span: Span; readonly path: string },
  findings: Findings,
): Tree {
  let here = from
  let walked = name
  for (const step of steps) {
    if (here.type === 'unknown') return here
    const next = here.type === 'list' ? here.items[Number(step)] : entry(here, step)?.value
    if (!next) {
      const known = here.type === 'map' ? here.entries.map(one => one.key) : []
      const message =
        here.type === 'scalar'
          ? `${walked} is ${describeType(here)} and has no "${step}"`
          : `${walked} has no "${step}"`
      const hint = hintFor(step, known, `${walked} has`)
      findings.add(at.span, { code: 'CONFIG_REFERENCE_UNKNOWN', path: at.path, message, hint })
      return { type: 'unknown', span: at.span }
    }
    here = next
    walked = joinPath(walked, step)
  }
  return here
}
