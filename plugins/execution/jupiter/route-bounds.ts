import { createHash } from 'node:crypto'

/** Jupiter's own program; an API of its form in front of another program has other instructions. */
export const JUPITER_PROGRAM = 'JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4'

/** What an instruction of the program lets a trade cost, in base units. */
export interface RouteBounds {
  readonly exact: 'in' | 'out'
  /** The amount that is given exactly: of the input, or of the output. */
  readonly amount: bigint
  /** The least output, or the most input. */
  readonly limit: bigint
}

interface Form {
  readonly exact: 'in' | 'out'
  /** Where the amounts begin: from the start, or from the end where the route of any length comes before them. */
  readonly at: number
}

const BPS = 10_000n
/** In amount, quoted amount, slippage and platform fee of the first version, which stand last. */
const LAST = -(8 + 8 + 2 + 1)

/**
 * The program's instructions that trade between two accounts of the wallet, by the first eight bytes of their data.
 * Source: the IDL of Jupiter v6. The first version has the route before the amounts, the second after them; those that
 * share accounts name one of these first, in a byte.
 */
const FORMS: ReadonlyMap<string, Form> = new Map(
  (
    [
      ['route', { exact: 'in', at: LAST }],
      ['shared_accounts_route', { exact: 'in', at: LAST }],
      ['exact_out_route', { exact: 'out', at: LAST }],
      ['shared_accounts_exact_out_route', { exact: 'out', at: LAST }],
      ['route_v2', { exact: 'in', at: 8 }],
      ['shared_accounts_route_v2', { exact: 'in', at: 9 }],
      ['exact_out_route_v2', { exact: 'out', at: 8 }],
      ['shared_accounts_exact_out_route_v2', { exact: 'out', at: 9 }],
    ] as const
  ).map(([name, form]) => [discriminator(name), form]),
)

/** What bounds the trade on chain, by the data of the swap's instruction; undefined when it is none that is known. */
export function routeBounds(data: Uint8Array): RouteBounds | undefined {
  const form = FORMS.get(hex(data.subarray(0, 8)))
  if (!form) return undefined
  const at = form.at < 0 ? data.length + form.at : form.at
  if (at < 8 || at + 18 > data.length) return undefined
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const [amount, quoted] = [view.getBigUint64(at, true), view.getBigUint64(at + 8, true)]
  const slippageBps = BigInt(view.getUint16(at + 16, true))
  const limit =
    form.exact === 'in'
      ? (quoted * (slippageBps < BPS ? BPS - slippageBps : 0n)) / BPS
      : (quoted * (BPS + slippageBps)) / BPS
  return { exact: form.exact, amount, limit }
}

/** Anchor's: the start of a hash of the name. */
function discriminator(name: string): string {
  return hex(createHash('sha256').update(`global:${name}`).digest().subarray(0, 8))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
