import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync, StatementSync } from 'node:sqlite'

/**
 * Loaded before the program (`--import`): ends the process as `kill -9` does, right before or right after the write to
 * the disk with the number KILL_AT_WRITE: a statement of the journal, its COMMIT, a record of the chain's log, a flush.
 * Without the number the count is written to the file KILL_WRITES_TO when the process ends.
 */
const target = Number(process.env['KILL_AT_WRITE'] ?? Number.POSITIVE_INFINITY)
const isAfter = process.env['KILL_AFTER'] === '1'
const countFile = process.env['KILL_WRITES_TO']
let writes = 0

type Method = (this: unknown, ...args: unknown[]) => unknown

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

function counted<Name extends string>(owner: Record<Name, unknown>, name: Name): void {
  const original = owner[name] as Method
  const replacement: Method = function (...args) {
    writes++
    if (writes === target && !isAfter) die()
    const result = original.apply(this, args)
    if (writes === target && isAfter) die()
    return result
  }
  owner[name] = replacement
}

counted(fs, 'writeSync')
counted(fs, 'fdatasync')
counted(fs, 'fsyncSync')
counted(fs, 'renameSync')
counted(DatabaseSync.prototype, 'exec')
counted(StatementSync.prototype, 'run')
syncBuiltinESMExports()

process.on('exit', () => {
  if (countFile !== undefined) fs.writeFileSync(countFile, String(writes))
})
