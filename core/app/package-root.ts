import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

let found: string | undefined

/** The package's own directory, whether this runs from source or compiled. */
export function packageRoot(): string {
  if (found) return found
  let directory = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory)
  found = directory
  return directory
}

/** A file or folder that ships with the package, as in `packageFile('configs', 'clusters')`. */
export function packageFile(...path: string[]): string {
  return join(packageRoot(), ...path)
}
