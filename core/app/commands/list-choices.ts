import { readChoices } from '../../config/choices.ts'
import { hasErrors } from '../../config/diagnostic.ts'
import { diskFiles } from '../../config/files.ts'
import { ConfigInvalid } from '../config-invalid.ts'
import type { Printed } from './printed.ts'
import { textTable } from './text-table.ts'

/**
 * `strategy-run --list`: what a pipeline's param chooses from, with a sentence each.
 *
 * @throws ConfigInvalid when the file can not be read as a pipeline.
 */
export async function listChoices(file: string): Promise<Printed> {
  const { choices, diagnostics } = await readChoices(file, diskFiles)
  if (hasErrors(diagnostics)) throw new ConfigInvalid(diagnostics)
  return {
    text: textTable(
      ['CHOICE', 'WHAT IT DOES'],
      choices.map(({ param, value, summary }) => [`--${param} ${value}`, summary]),
    ),
    document: { document: 'choices', version: 1, choices },
  }
}
