import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who holds a lease. `host` is one in which process ids mean the same: a container is another host than its machine. */
export interface ProcessIdentity {
  readonly host: string
  readonly pid: number
  /** Distinguishes a process from a later one with the same id; empty where the system does not say. */
  readonly started: string
}

export function ownIdentity(): ProcessIdentity {
  const machine = [hostname(), readText('/proc/sys/kernel/random/boot_id'), readLink('/proc/self/ns/pid')]
  return {
    host: machine.filter(part => part !== '').join(' '),
    pid: process.pid,
    started: startOf(process.pid) ?? '',
  }
}

/**
 * Whether that process has certainly ended. False when it may live on, also on a machine that can not be looked into:
 * then only the lease's time decides.
 */
export function hasEnded(holder: ProcessIdentity, own: ProcessIdentity): boolean {
  if (holder.host !== own.host) return false
  try {
    process.kill(holder.pid, 0)
  } catch (thrown) {
    // EPERM: it lives, and belongs to somebody else.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH'
  }
  const started = startOf(holder.pid)
  return started !== undefined && holder.started !== '' && started !== holder.started
}

/** Clock ticks from boot to the process's start: field 22 of /proc/PID/stat (proc(5)); Linux only. */
function startOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`)
  // The second field is the command in parentheses and may hold spaces itself.
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

/** Empty where the system has no such file. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
