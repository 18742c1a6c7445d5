import { AsyncLocalStorage } from 'node:async_hooks'
import { fileURLToPath } from 'node:url'

/** Code that may ask the machine: the clocks themselves, and this file. */
const ALLOWED = ['../../time/', './ambient.'].map(path => fileURLToPath(new URL(path, import.meta.url)))

const watching = new AsyncLocalStorage<Set<string>>()
let installed = 0
let restore: () => void = () => undefined

/**
 * Runs work and tells which of it took time, timers, randomness or the network from globals, as `Date.now at file:line`.
 * Only what the work itself sets off counts, so that tests may run beside each other. `fetch` is refused; the rest goes
 * through.
 */
export async function watchAmbient<T>(work: () => Promise<T>): Promise<{ value: T; used: readonly string[] }> {
  if (installed++ === 0) restore = install()
  const used = new Set<string>()
  try {
    return { value: await watching.run(used, work), used: [...used] }
  } finally {
    if (--installed === 0) restore()
  }
}

function note(name: string): boolean {
  const used = watching.getStore()
  if (!used) return false
  const caller = callerOf(new Error().stack ?? '')
  if (caller === undefined || ALLOWED.some(path => caller.includes(path))) return false
  used.add(`${name} at ${caller}`)
  return true
}

/** The first frame outside this file, as `file:line:column`. */
function callerOf(stack: string): string | undefined {
  const frames = stack
    .split('\n')
    .slice(1)
    .map(line => /\(?((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?$/.exec(line.trim())?.[1])
  const places = frames.flatMap(frame => (frame === undefined ? [] : [frame.replace('file://', '')]))
  return places.find(place => !place.includes(ALLOWED[1]!))
}

function install(): () => void {
  const undo: (() => void)[] = []
  const wrap = <Owner extends object>(owner: Owner, key: keyof Owner & string, name: string): void => {
    const original = Object.getOwnPropertyDescriptor(owner, key)
    const plain = owner[key]
    if (typeof plain !== 'function') return
    const watched = new Proxy(plain, {
      apply(target, self, args: unknown[]) {
        if (note(name) && name === 'fetch')
          return Promise.reject(new Error('fetch is not handed in: take `http` from the services'))
        return Reflect.apply(target, self, args)
      },
    })
    Object.defineProperty(owner, key, { value: watched, configurable: true, writable: true })
    undo.push(() => {
      if (original) Object.defineProperty(owner, key, original)
      else Reflect.deleteProperty(owner, key)
    })
  }
  wrap(globalThis, 'setTimeout', 'setTimeout')
  wrap(globalThis, 'setInterval', 'setInterval')
  wrap(globalThis, 'fetch', 'fetch')
  wrap(Math, 'random', 'Math.random')
  wrap(performance, 'now', 'performance.now')
  wrap(crypto, 'randomUUID', 'crypto.randomUUID')
  const plainDate = globalThis.Date
  wrap(plainDate, 'now', 'Date.now')
  globalThis.Date = new Proxy(plainDate, {
    construct(target, args: unknown[], newTarget) {
      if (args.length === 0) note('new Date()')
      return Reflect.construct(target, args, newTarget) as object
    },
  })
  undo.push(() => {
    globalThis.Date = plainDate
  })
  return () => {
    for (const step of undo.toReversed()) step()
  }
}
