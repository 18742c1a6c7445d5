import { styleText } from 'node:util'
import { ConfigInvalid } from '../../app/config-invalid.ts'
import { ForgeError, isForgeError, messageOf } from '../../errors/forge-error.ts'
import { toJson } from '../../events/serialize.ts'
import { folded } from './fold.ts'
import { translateOclifError } from './parse-errors.ts'

/** Prints a failure, on stderr for people or as the one JSON document on stdout, and answers the exit code. */
export function renderFailure(thrown: unknown, options: { json: boolean }): number {
  const error = asForgeError(translateOclifError(thrown))
  if (options.json) process.stdout.write(`${toJson(failureDocument(error), 2)}\n`)
  else process.stderr.write(`${failureText(error)}\n`)
  return error.exitCode
}

/** What an operating system says of files and disks that are not as they should be: nothing we could have done. */
const FILE_TROUBLE: ReadonlySet<unknown> = new Set(
  'EACCES EDQUOT EEXIST EFBIG EIO EISDIR EMFILE ENAMETOOLONG ENFILE ENOENT ENOSPC ENOTDIR EPERM EROFS'.split(' '),
)

/** Any thrown value as a ForgeError: what neither has a code of its own nor comes from the disk is UNEXPECTED. */
export function asForgeError(thrown: unknown): ForgeError {
  if (isForgeError(thrown)) return thrown
  if (thrown instanceof Error && 'syscall' in thrown && 'code' in thrown && FILE_TROUBLE.has(thrown.code))
    return new ForgeError('FILE_REFUSED', { message: thrown.message, cause: thrown })
  return new ForgeError('UNEXPECTED', { message: messageOf(thrown), cause: thrown })
}

/** What `--json` prints instead of the command's document. */
export function failureDocument(error: ForgeError): object {
  const { file, line, column, ...context } = error.context
  return {
    error: {
      code: error.code,
      message: error.message,
      remedy: error.remedy,
      ...(file === undefined ? {} : { place: { file, line, column } }),
      context,
      causes: causesOf(error),
      ...(error instanceof ConfigInvalid ? { diagnostics: error.json } : {}),
    },
    exitCode: error.exitCode,
  }
}

/** Message, place, cause, remedy: a line each. */
export function failureText(error: ForgeError): string {
  const paint = (style: 'red' | 'dim' | 'bold', text: string): string =>
    styleText(style, text, { stream: process.stderr })
  // Carets stand below their words: those lines are never folded.
  if (error instanceof ConfigInvalid) return `${error.text}\n\n${paint('red', error.message)}`
  const lines = [`${paint('red', `error[${error.code}]`)} ${paint('bold', error.message)}`]
  const { file, line, column } = error.context
  if (file !== undefined)
    lines.push(`  ${paint('dim', 'at')}      ${[file, line, column].filter(part => part !== undefined).join(':')}`)
  for (const cause of causesOf(error)) lines.push(`  ${paint('dim', 'because')} ${cause}`)
  lines.push(`  ${paint('dim', 'remedy')}  ${error.remedy}`)
  if (error.code === 'UNEXPECTED' && error.cause instanceof Error && error.cause.stack) {
    lines.push(paint('dim', error.cause.stack))
  }
  return folded(lines.join('\n'), process.stderr)
}

/** The messages of what caused it, nearest first, without what was said already. */
function causesOf(error: ForgeError): string[] {
  const messages: string[] = []
  for (let cause = error.cause, depth = 0; cause !== undefined && depth < 8; depth++) {
    const text = isForgeError(cause) ? `[${cause.code}] ${cause.message}` : messageOf(cause)
    // One that was told with a node's name in front has the same code, or is part of a longer sentence: it is the same.
    const isSame = isForgeError(cause) && (cause.code === error.code || cause.message !== error.message)
    const told = isSame ? messageOf(cause) : text
    if (![error.message, ...messages].some(said => said.includes(told))) messages.push(text)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return messages
}
