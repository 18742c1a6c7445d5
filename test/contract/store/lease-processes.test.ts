import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRealClock } from '../../../core/time/real-clock.ts'

const FIXTURE = new URL('lease-writer.ts', import.meta.url).pathname

interface Writer {
  readonly process: ChildProcess
  /** The next line it says. */
  heard(): Promise<string>
  /** Tells it to write an attempt; answers what it says. */
  write(): Promise<string>
}

let dataDir: string
const writers: ChildProcess[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'forge-lease-'))
})
afterEach(async () => {
  for (const child of writers.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(dataDir, { recursive: true })
})

function startWriter(ttl_ms: number): Writer {
  const child = spawn(process.execPath, [FIXTURE, dataDir, String(ttl_ms)], { stdio: ['pipe', 'pipe', 'inherit'] })
  writers.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const heard = async (): Promise<string> => String((await lines.next()).value)
  return {
    process: child,
    heard,
    write: () => {
      child.stdin.write('write\n')
      return heard()
    },
  }
}

describe('a lease among processes', () => {
  it('refuses a second process while the first lives, and lets it in afterwards', async () => {
    const first = startWriter(10_000)
    expect(await first.heard()).toBe('ready')
    expect(await startWriter(10_000).heard()).toBe('refused STORE_LEASED')
    expect(await first.write()).toBe('written 1')
    first.process.stdin?.end()
    await once(first.process, 'exit')
    expect(await startWriter(10_000).heard()).toBe('ready')
  })

  it('is free at once when its holder was killed, however long it had to run', async () => {
    const first = startWriter(600_000)
    expect(await first.heard()).toBe('ready')
    expect(await first.write()).toBe('written 1')
    first.process.kill('SIGKILL')
    await once(first.process, 'exit')
    const second = startWriter(600_000)
    expect(await second.heard()).toBe('ready')
    // What the first had written is there: the next attempt is the second.
    expect(await second.write()).toBe('written 2')
  })

  it('is lost to a process that was stopped beyond it: it can write no attempt any more', async () => {
    const first = startWriter(400)
    expect(await first.heard()).toBe('ready')
    expect(await first.write()).toBe('written 1')
    first.process.kill('SIGSTOP')
    await createRealClock().sleep(600)
    const second = startWriter(10_000)
    expect(await second.heard()).toBe('ready')
    first.process.kill('SIGCONT')
    expect(await first.write()).toBe('refused STORE_LEASE_LOST')
    expect(await second.write()).toBe('written 2')
    expect(await first.write()).toBe('refused STORE_LEASE_LOST')
  })

  it('outlives a stop that nobody used', async () => {
    const first = startWriter(300)
    expect(await first.heard()).toBe('ready')
    first.process.kill('SIGSTOP')
    await createRealClock().sleep(500)
    first.process.kill('SIGCONT')
    expect(await first.write()).toBe('written 1')
  })
})
