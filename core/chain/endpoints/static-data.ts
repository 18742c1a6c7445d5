import type { Rpc } from '../rpc/rpc.ts'

/** The same, asking only once for what never changes: the genesis hash, and the rent of so many bytes. */
export function withStaticData(rpc: Rpc): Rpc {
  const kept = new Map<string, Promise<unknown>>()
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const known = kept.get(key)
    if (known) return known as Promise<T>
    const asked = ask()
    kept.set(key, asked)
    // A failure is no answer: the next one asks again.
    asked.catch(() => kept.delete(key))
    return asked
  }
  return {
    ...rpc,
    genesisHash: () => once('genesis', () => rpc.genesisHash()),
    rentExemption: bytes => once(`rent ${bytes}`, () => rpc.rentExemption(bytes)),
  }
}
