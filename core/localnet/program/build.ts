import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linkProgram } from './link.ts'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
/** The committed program was made by this compiler; others give other bytes that do the same. */
export const COMPILER = 'clang-19'
const FLAGS =
  '-target bpf -mcpu=v2 -O2 -mllvm -bpf-stack-size=4096 -std=c11 -ffreestanding -fno-builtin -fno-strict-aliasing ' +
  '-fno-jump-tables -fno-unwind-tables -fno-asynchronous-unwind-tables -fno-stack-protector -fno-ident -Wall -Wextra -Werror'

export function isCompilerInstalled(): boolean {
  try {
    execFileSync(COMPILER, ['--version'], { stdio: 'ignore' })
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw thrown
  }
}

/** Compiles and links `swap.c`. Needs Debian's clang-19: `apt-get install --no-install-recommends clang-19`. */
export function buildSwapProgram(): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'sniperforge-program-'))
  try {
    const object = join(folder, 'swap.o')
    execFileSync(COMPILER, [...FLAGS.split(' '), '-c', 'swap.c', '-o', object], { cwd: FOLDER, stdio: 'inherit' })
    return linkProgram(readFileSync(object))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const program = buildSwapProgram()
  const digest = createHash('sha256').update(program).digest('hex')
  writeFileSync(join(FOLDER, 'swap.so'), program)
  writeFileSync(join(FOLDER, 'swap.so.sha256'), `${digest}  swap.so\n`)
  process.stdout.write(`swap.so: ${program.length} bytes, sha256 ${digest}\n`)
}
