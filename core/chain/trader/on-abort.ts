const heard = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls back once when the signal aborts, until the function returned is called; at once when it has aborted already.
 * A signal looks through all its listeners for each one more: here it has a single one, however many trades wait.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback()
    return () => undefined
  }
  let callbacks = heard.get(signal)
  if (!callbacks) {
    const all = new Set<() => void>()
    callbacks = all
    heard.set(signal, all)
    signal.addEventListener('abort', () => all.forEach(call => void call()), { once: true })
  }
  const own = (): void => callback()
  callbacks.add(own)
  return () => void callbacks.delete(own)
}
