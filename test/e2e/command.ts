import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = join(ROOT, 'dist/core/cli/bin.js')

interface CommandOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  /** Standard input; without it there is none. */
  readonly input?: string
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A `sniperforge` process with a state directory of its own. */
export interface Started {
  readonly pid: number
  /** Resolves when its output has the text. */
  says(text: string): Promise<void>
  kill(signal: NodeJS.Signals): void
  /** What it has printed so far. */
  stdout(): string
  readonly ended: Promise<Ended>
}

/** Commands run compiled, as users run them, with a home that is empty and is removed at the end. */
export function newHome(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sniperforge-e2e-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export function start(home: string, args: readonly string[], options: CommandOptions = {}): Started {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, XDG_STATE_HOME: join(home, 'state'), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A command that does not read its input may have ended before all of it was written.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input)
  let stdout = ''
  let stderr = ''
  let waiting: { text: string; resolve: () => void; reject: (reason: Error) => void }[] = []
  const look = (): void => {
    const heard = waiting.filter(({ text }) => stdout.includes(text) || stderr.includes(text))
    waiting = waiting.filter(one => !heard.includes(one))
    for (const { resolve } of heard) resolve()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    look()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    look()
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const one of waiting) one.reject(new Error(`it ended without saying "${one.text}":\n${stdout}\n${stderr}`))
      resolve({ code, signal, stdout, stderr })
    })
  })
  return {
    pid: child.pid!,
    says: text =>
      new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject })
        look()
      }),
    kill: signal => child.kill(signal),
    stdout: () => stdout,
    ended,
  }
}

export function sniperforge(home: string, args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return start(home, args, options).ended
}
