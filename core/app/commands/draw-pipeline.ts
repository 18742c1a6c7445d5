import { hasErrors } from '../../config/diagnostic.ts'
import { draw } from '../../config/draw.ts'
import { mermaid } from '../../config/graph.ts'
import { ConfigInvalid } from '../config-invalid.ts'
import type { Environment } from '../environment.ts'
import { lintFile } from './lint-files.ts'

/**
 * A pipeline as a drawing, once for every alternative of its params.
 *
 * @throws ConfigInvalid when it has errors.
 */
export async function drawPipeline(
  file: string,
  options: {
    readonly format: 'terminal' | 'mermaid'
    readonly cluster: string
    readonly environment: Environment
  },
): Promise<string> {
  const { diagnostics, outlines } = await lintFile(file, options)
  if (hasErrors(diagnostics)) throw new ConfigInvalid(diagnostics)
  return outlines
    .map(outline => {
      const drawing = options.format === 'mermaid' ? mermaid(outline) : draw(outline)
      if (outline.alternative === '') return drawing
      return options.format === 'mermaid'
        ? `%% ${outline.alternative}\n${drawing}`
        : `${outline.alternative}:\n${drawing}`
    })
    .join('\n\n')
}
