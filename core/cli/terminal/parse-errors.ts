import { readFileSync } from 'node:fs'
import { packageFile } from '../../app/package-root.ts'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import { listOf, nearest } from '../../errors/suggest.ts'

/** What oclif attaches to its own errors. */
interface OclifError extends Error {
  readonly oclif: { readonly exit?: number | false }
  readonly code?: string
}

function isOclifError(thrown: unknown): thrown is OclifError {
  return thrown instanceof Error && typeof (thrown as { oclif?: unknown }).oclif === 'object'
}

/** The exit code when oclif threw only to leave (after help or the version); undefined for a true failure. */
export function closingOf(thrown: unknown): number | undefined {
  if (!isOclifError(thrown) || thrown.code !== 'EEXIT') return undefined
  return typeof thrown.oclif.exit === 'number' ? thrown.oclif.exit : 0
}

/** An error of oclif's parser or command lookup as one of ours; anything else stays as it is. */
export function translateOclifError(thrown: unknown): unknown {
  if (isForgeError(thrown)) return unwrapped(thrown)
  if (!isOclifError(thrown)) return thrown
  const unknownCommand = /^command (\S+) not found/i.exec(thrown.message)
  if (unknownCommand) return commandUnknown(unknownCommand[1]!)
  const message = thrown.message
    .replace(/\n?See more help with --help/, '')
    .replace(/^The following errors? occurred:\s*/, '')
  const missing = [...message.matchAll(/Missing required flag (\S+)/g)].map(match => `--${match[1]}`)
  if (missing.length > 0) return new ForgeError('FLAG_MISSING', { message: `${missing.join(' and ')} must be given` })
  const wrongOption = /^Expected --([^=]+)=(.*) to be one of: (.*)$/s.exec(message)
  if (wrongOption) {
    const [, flag, value, options] = wrongOption
    return new ForgeError('FLAG_INVALID', {
      message: `--${flag} can not be "${value}"`,
      remedy: meantOrAll(value!, options!.split(', '), 'It takes'),
    })
  }
  const unparsed = /^Parsing (--\S+)\s+(.*)$/s.exec(message)
  if (unparsed) {
    const what = unparsed[2]!.trim()
    return new ForgeError('FLAG_INVALID', {
      message: `${unparsed[1]}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
    })
  }
  const beside = /^--([^=\s]+)=.*? cannot also be provided when using (--\S+)$/ms.exec(message.trim())
  if (beside) {
    return new ForgeError('USAGE', {
      message: `--${beside[1]} and ${beside[2]} can not be given together`,
      remedy: 'Leave one of them out.',
    })
  }
  return new ForgeError('USAGE', { message: message.trim() })
}

/** Our own error as it was: what a flag's own check throws, oclif writes its sentences around. */
function unwrapped(error: ForgeError): ForgeError {
  const own = /^Parsing --\S+\s+(.*?)(?:\nSee more help with --help)?$/s.exec(error.message)?.[1]
  if (own === undefined) return error
  const { code, remedy, context, cause } = error
  return new ForgeError(code, { message: own, remedy, context, cause })
}

function commandUnknown(id: string): ForgeError {
  const known = commandIds()
  const typed = id.replaceAll(':', ' ')
  return new ForgeError('COMMAND_UNKNOWN', {
    message: `"${typed}" is not a command`,
    remedy: meantOrAll(typed, known, 'Commands'),
  })
}

function commandIds(): readonly string[] {
  const manifest = JSON.parse(readFileSync(packageFile('oclif.manifest.json'), 'utf8')) as {
    commands: Record<string, unknown>
  }
  return Object.keys(manifest.commands).map(id => id.replaceAll(':', ' '))
}

/** `Did you mean "x"?`, or all there are when none is near. */
export function meantOrAll(written: string, known: readonly string[], label: string): string {
  const meant = nearest(written, known)
  return meant === undefined ? `${label}: ${listOf(known)}.` : `Did you mean "${meant}"?`
}
