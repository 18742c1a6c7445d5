import { ForgeError } from '../../errors/forge-error.ts'

/** One thing that is wrong with a condition, and where. */
export interface ConditionProblem {
  /** A sentence without its place. */
  readonly message: string
  /** Offset in the text, in UTF-16 code units, and how many are meant: at least one. */
  readonly at: number
  readonly length: number
  /** What to do: did you mean, the valid values, an example. */
  readonly remedy: string
}

/** Where in the text something stands; `end` is exclusive. */
export interface Place {
  readonly start: number
  readonly end: number
}

export function problemAt({ start, end }: Place, message: string, remedy: string): ConditionProblem {
  return { message, at: start, length: Math.max(1, end - start), remedy }
}

/** Characters of the text that are shown around a place. */
const WIDTH = 100

/**
 * The text with carets under the place:
 *
 *     prise(SOL/USDC) < 140
 *     ^^^^^
 */
function caretLines(text: string, { at, length }: Pick<ConditionProblem, 'at' | 'length'>): string {
  const from = at > WIDTH - 20 ? at - 40 : 0
  const shown = printable(text.slice(from, from + WIDTH))
  const carets = Math.max(1, Math.min(length, from + WIDTH - at))
  return `    ${shown}\n    ${' '.repeat(at - from)}${'^'.repeat(carets)}`
}

/** All that is wrong as one error; its message shows each place. */
export function conditionError(text: string, problems: readonly ConditionProblem[]): ForgeError {
  const [first] = problems
  return new ForgeError('CONDITION_INVALID', {
    message: problems.map(problem => `${problem.message}\n${caretLines(text, problem)}`).join('\n'),
    ...(first && {
      remedy: [...new Set(problems.map(problem => problem.remedy))].join(' '),
      context: { at: first.at },
    }),
  })
}

/** A character each, so that carets stay below what they mean. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced.
  return text.replace(/[\t\r\n]/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '·')
}
