import { createInterface } from 'node:readline/promises'
import { ForgeError } from '../../errors/forge-error.ts'

/**
 * Asks a person before something that can not be undone.
 *
 * @throws YES_NEEDED when the answer is no, or nobody is there to answer.
 */
export async function confirm(question: string, options: { readonly yes: boolean }): Promise<void> {
  if (options.yes) return
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new ForgeError('YES_NEEDED', { message: question })
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await asking.question(`${question} [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw new ForgeError('YES_NEEDED', { message: 'not confirmed' })
  } finally {
    asking.close()
  }
}
