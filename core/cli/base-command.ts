import { Command, type Interfaces } from '@oclif/core'
import { ForgeError } from '../errors/forge-error.ts'
import { toJson } from '../events/serialize.ts'
import { folded } from './terminal/fold.ts'
import { meantOrAll } from './terminal/parse-errors.ts'

type FlagTable = Interfaces.FlagInput

/** What all commands share: unknown flags named before anything else is complained about, and how results are printed. */
export abstract class BaseCommand extends Command {
  /**
   * Says which flag is unknown before oclif takes its value for an argument, and which are missing, with what they are.
   *
   * @throws FLAG_UNKNOWN with the flag that was probably meant; FLAG_MISSING
   */
  protected override async parse<
    F extends Interfaces.OutputFlags<FlagTable>,
    B extends Interfaces.OutputFlags<FlagTable>,
    A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
  >(options?: Interfaces.Input<F, B, A>, argv: string[] = this.argv): Promise<Interfaces.ParserOutput<F, B, A>> {
    const flags = options?.flags ?? this.ctor.flags
    assertFlagsKnown(argv, flags as FlagTable)
    assertFlagsGiven(argv, flags as FlagTable)
    return super.parse<F, B, A>(options ?? (this.ctor as Interfaces.Input<F, B, A>), argv)
  }

  /** Prints the one document of a `--json` command. */
  protected printJson(document: unknown): void {
    process.stdout.write(`${toJson(document, 2)}\n`)
  }

  /** Prints for people: on a terminal as wide as that is. */
  protected print(text: string): void {
    process.stdout.write(`${folded(text, process.stdout)}\n`)
  }

  /** Prints what must stay as it is, a drawing or a program's text. */
  protected printAsIs(text: string): void {
    process.stdout.write(`${text}\n`)
  }
}

function assertFlagsKnown(argv: readonly string[], flags: FlagTable): void {
  const known = Object.entries(flags).flatMap(([name, flag]) =>
    flag.type === 'boolean' && flag.allowNo ? [`--${name}`, `--no-${name}`] : [`--${name}`],
  )
  for (const word of argv) {
    if (word === '--') return
    if (!word.startsWith('--')) continue
    const name = word.split('=', 1)[0]!
    if (!known.includes(name) && name !== '--help') {
      throw new ForgeError('FLAG_UNKNOWN', {
        message: `${name} is not a flag of this command`,
        remedy: meantOrAll(name, known, 'Its flags'),
      })
    }
  }
}

/** @throws FLAG_MISSING with what each of them is for. */
function assertFlagsGiven(argv: readonly string[], flags: FlagTable): void {
  const given = new Set(argv.map(word => word.split('=', 1)[0]!))
  const missing = Object.entries(flags).filter(([name, flag]) => flag.required && !given.has(`--${name}`))
  if (missing.length === 0) return
  const remedies = missing.map(([name, flag]) => {
    const options = flag.type === 'option' && flag.options ? ` One of: ${flag.options.join(', ')}.` : ''
    return `--${name}: ${flag.description ?? flag.summary ?? ''}${options}`
  })
  throw new ForgeError('FLAG_MISSING', {
    message: `${missing.map(([name]) => `--${name}`).join(' and ')} must be given`,
    remedy: remedies.join('\n          '),
  })
}

/** A flag's value as a number above zero. @throws FLAG_INVALID */
export function positiveNumber(flag: string, text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new ForgeError('FLAG_INVALID', { message: `--${flag} can not be "${text}"`, remedy: 'Give a number above 0.' })
}
