import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

/**
 * Compiles `core/` and `plugins/` to `dist/`. npm runs this whenever a command is started in a clone, so that it often
 * runs twice at once, and beside what runs from `dist/`: what is built already is not built again, one build waits for the
 * other, and each file of `dist/` is replaced as a whole, or not at all where nothing about it has changed.
 */

const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')
/** What is not published. */
const WORK = join(DIST, '.build')
const NEXT = join(WORK, 'next')
const STAMP = join(WORK, 'built-of')
/** Shipped as it is. */
const COPIED = 'core/localnet/program/swap.so'
const LOCK_PATIENCE_MS = 600_000

/** @returns a hash of everything that the result follows from */
function hashOfSources() {
  const hash = createHash('sha256')
  const sources = globSync('{core,plugins}/**/*.ts', { cwd: ROOT }).filter(file => !file.endsWith('.test.ts'))
  const others = ['tsconfig.json', 'core/tsconfig.build.json', 'core/build.mjs', 'package.json', COPIED]
  for (const file of [...sources, ...others].sort()) hash.update(`${file}\0`).update(readFileSync(join(ROOT, file)))
  return hash.digest('hex')
}

/** @param {string} file @returns its bytes, undefined where there is no such file */
function bytesOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : undefined
}

/** @param {string} folder @returns the files in it, by their paths from there */
function filesIn(folder) {
  return globSync('**/*', { cwd: folder }).filter(file => statSync(join(folder, file)).isFile())
}

/** A rename within one file system: whoever reads meets the old file or the new one. */
function install() {
  const built = filesIn(NEXT)
  for (const file of built) {
    const [from, to] = [join(NEXT, file), join(DIST, file)]
    const before = bytesOf(to)
    if (before?.equals(readFileSync(from))) continue
    // npm has made a command of one of them.
    if (before) chmodSync(from, statSync(to).mode)
    mkdirSync(dirname(to), { recursive: true })
    renameSync(from, to)
  }
  const kept = new Set(built)
  for (const file of filesIn(DIST)) if (!kept.has(file)) rmSync(join(DIST, file))
}

/** @returns {number} the exit code */
function build() {
  const sources = hashOfSources()
  if (bytesOf(STAMP)?.toString() === sources) return 0
  rmSync(NEXT, { recursive: true, force: true })
  const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin/tsc')
  const options = ['-p', join(ROOT, 'core/tsconfig.build.json'), '--outDir', NEXT]
  const { status } = spawnSync(process.execPath, [tsc, ...options], { stdio: 'inherit' })
  // What does not compile leaves `dist/` as it was.
  if (status !== 0) return status ?? 1
  mkdirSync(dirname(join(NEXT, COPIED)), { recursive: true })
  copyFileSync(join(ROOT, COPIED), join(NEXT, COPIED))
  rmSync(STAMP, { force: true })
  install()
  writeFileSync(`${STAMP}.next`, sources)
  renameSync(`${STAMP}.next`, STAMP)
  rmSync(NEXT, { recursive: true })
  return 0
}

mkdirSync(WORK, { recursive: true })
// A lock that ends with the process, however that ends.
const lock = new DatabaseSync(join(WORK, 'lock.sqlite'), { timeout: LOCK_PATIENCE_MS })
lock.exec('BEGIN EXCLUSIVE')
process.exitCode = build()
lock.close()
