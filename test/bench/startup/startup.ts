/**
 * How long `sniperforge --help` takes beside a bare oclif program's, in pairs: one of each, again and again, so that
 * a busy machine slows both. Prints the medians and the median of the ratios; exits 1 above the limit.
 *
 * Usage: npm run build && npm run bench:startup [pairs]
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LIMIT = 1.5
const root = fileURLToPath(new URL('../../..', import.meta.url))
const pairs = Number(process.argv[2] ?? 15)

/** The smallest program oclif makes: one command, a manifest, the usual start file. */
function bareProgram(): string {
  const directory = mkdtempSync(join(tmpdir(), 'bare-oclif-'))
  const files = {
    'package.json': {
      name: 'bare',
      version: '1.0.0',
      type: 'module',
      oclif: { bin: 'bare', commands: { strategy: 'explicit', target: './commands.js', identifier: 'COMMANDS' } },
    },
    'oclif.manifest.json': {
      version: '1.0.0',
      commands: { hello: { id: 'hello', summary: 'Says hello.', flags: {}, args: {}, aliases: [], hiddenAliases: [] } },
    },
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), JSON.stringify(content))
  writeFileSync(
    join(directory, 'commands.js'),
    "import { Command } from '@oclif/core'\nexport const COMMANDS = { hello: class extends Command { async run() {} } }\n",
  )
  writeFileSync(
    join(directory, 'bin.js'),
    "import { execute } from '@oclif/core'\nawait execute({ dir: import.meta.url })\n",
  )
  mkdirSync(join(directory, 'node_modules'))
  symlinkSync(join(root, 'node_modules', '@oclif'), join(directory, 'node_modules', '@oclif'))
  return directory
}

function time_ms(file: string): number {
  const from = performance.now()
  execFileSync(process.execPath, [file, '--help'], { stdio: 'ignore' })
  return performance.now() - from
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

const bare = bareProgram()
try {
  const ours: number[] = []
  const theirs: number[] = []
  for (let pair = -2; pair < pairs; pair++) {
    const order = pair % 2 === 0
    const first = time_ms(order ? join(root, 'dist/core/cli/bin.js') : join(bare, 'bin.js'))
    const second = time_ms(order ? join(bare, 'bin.js') : join(root, 'dist/core/cli/bin.js'))
    // The first pairs only warm the caches.
    if (pair < 0) continue
    ours.push(order ? first : second)
    theirs.push(order ? second : first)
  }
  const ratio = median(ours.map((value, index) => value / theirs[index]!))
  process.stdout.write(
    `sniperforge --help ${median(ours).toFixed(0)} ms, bare oclif ${median(theirs).toFixed(0)} ms, ` +
      `ratio ${ratio.toFixed(2)} (median of ${pairs} pairs; at most ${LIMIT})\n`,
  )
  if (ratio > LIMIT) process.exitCode = 1
} finally {
  rmSync(bare, { recursive: true, force: true })
}
