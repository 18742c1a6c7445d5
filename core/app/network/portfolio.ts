import { decoded } from '../../chain/rpc/decoded.ts'
import type { JsonRpc } from '../../chain/rpc/json-rpc.ts'
import type { TokenDirectory } from '../../money/token.ts'
import type { RunPortfolio } from '../run/run-document.ts'

/** The programs whose accounts hold tokens. Source: SPL. */
const TOKEN_PROGRAMS = [
  'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
  'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb',
] as const

interface TokenAccounts {
  readonly context: { readonly slot: number }
  readonly value: readonly {
    readonly account: {
      readonly data: {
        readonly parsed: {
          readonly info: {
            readonly mint: string
            readonly tokenAmount: { readonly amount: string; readonly decimals: number }
          }
        }
      }
    }
  }[]
}

/**
 * What a wallet holds: its lamports, and the sum of its token accounts for each mint, by symbol and mint.
 *
 * @param since a slot that the answer must not be older than: what landed in it is in the figures
 */
export async function readPortfolio(
  rpc: JsonRpc,
  wallet: string,
  tokens: TokenDirectory,
  since?: number,
): Promise<RunPortfolio> {
  const read = { repeatable: true }
  const state = { commitment: 'confirmed', ...(since !== undefined && { minContextSlot: since }) }
  const [balance, ...lists] = await Promise.all([
    rpc<{ context: { slot: number }; value: number }>('getBalance', [wallet, state], read),
    ...TOKEN_PROGRAMS.map(programId =>
      rpc<TokenAccounts>(
        'getTokenAccountsByOwner',
        [wallet, { programId }, { encoding: 'jsonParsed', ...state }],
        read,
      ),
    ),
  ])
  return decoded('getTokenAccountsByOwner', () => heldOf(balance, lists, tokens))
}

function heldOf(
  balance: { readonly context: { readonly slot: number }; readonly value: number },
  lists: readonly TokenAccounts[],
  tokens: TokenDirectory,
): RunPortfolio {
  const held = new Map<string, { decimals: number; units: bigint }>()
  for (const { account } of lists.flatMap(list => list.value)) {
    const { mint, tokenAmount } = account.data.parsed.info
    const units = (held.get(mint)?.units ?? 0n) + BigInt(tokenAmount.amount)
    held.set(mint, { decimals: tokenAmount.decimals, units })
  }
  const symbolOf = (mint: string): string => tokens.tokens.find(token => token.mint === mint)?.symbol ?? mint
  return {
    slot: balance.context.slot,
    sol_lamports: BigInt(balance.value).toString(),
    tokens: [...held]
      .map(([mint, { decimals, units }]) => ({ mint, symbol: symbolOf(mint), decimals, amount: units.toString() }))
      .sort((a, b) => (a.symbol === b.symbol ? (a.mint < b.mint ? -1 : 1) : a.symbol < b.symbol ? -1 : 1)),
  }
}
