import { type Connection, type ParsedTransactionWithMeta, PublicKey } from '@solana/web3.js'

/** A transaction that a wallet paid for, by its own meta. */
interface PaidTransaction {
  readonly signature: string
  readonly slot: number
  readonly succeeded: boolean
  readonly fee_lamports: bigint
  /** The wallet's own lamports, after less before: fees and deposits are in it. */
  readonly lamports: bigint
  /** Base units by mint, after less before, over all token accounts of the wallet. */
  readonly tokens: ReadonlyMap<string, bigint>
}

/** What the chain itself says of a wallet. */
export interface WalletOnChain {
  readonly lamports: bigint
  /** Base units by mint. */
  readonly tokens: ReadonlyMap<string, bigint>
  /** Oldest first. */
  readonly transactions: readonly PaidTransaction[]
}

const TOKEN_PROGRAM = new PublicKey('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA')
const READ = { commitment: 'confirmed', maxSupportedTransactionVersion: 0 } as const

/** The latest transaction that names the wallet: where a later look at it may begin. */
export async function latestOnChain(connection: Connection, wallet: string): Promise<string | undefined> {
  const [latest] = await connection.getSignaturesForAddress(new PublicKey(wallet), { limit: 1 }, 'confirmed')
  return latest?.signature
}

/**
 * Asks with an ordinary Solana client, and nothing of ours in between.
 *
 * @param after the transaction after which to begin; absent, the latest thousand
 */
export async function walletOnChain(connection: Connection, wallet: string, after?: string): Promise<WalletOnChain> {
  const owner = new PublicKey(wallet)
  const range = { limit: 1_000, ...(after !== undefined && { until: after }) }
  const signatures = await connection.getSignaturesForAddress(owner, range, 'confirmed')
  const transactions: PaidTransaction[] = []
  for (const { signature } of signatures.reverse()) {
    const landed = await connection.getParsedTransaction(signature, READ)
    if (!landed) throw new Error(`the chain lists ${signature} and does not show it`)
    if (landed.transaction.message.accountKeys[0]?.pubkey.equals(owner)) transactions.push(paid(landed, wallet))
  }
  const accounts = await connection.getParsedTokenAccountsByOwner(owner, { programId: TOKEN_PROGRAM }, 'confirmed')
  const tokens = new Map<string, bigint>()
  for (const { account } of accounts.value) {
    const { mint, tokenAmount } = account.data.parsed.info as { mint: string; tokenAmount: { amount: string } }
    tokens.set(mint, (tokens.get(mint) ?? 0n) + BigInt(tokenAmount.amount))
  }
  return { lamports: BigInt(await connection.getBalance(owner, 'confirmed')), tokens, transactions }
}

function paid({ slot, transaction, meta }: ParsedTransactionWithMeta, wallet: string): PaidTransaction {
  const signature = transaction.signatures[0]
  if (!meta || !signature) throw new Error(`a transaction of slot ${slot} has no meta or no signature`)
  const tokens = new Map<string, bigint>()
  const add = (balances: typeof meta.preTokenBalances, sign: bigint): void => {
    for (const { owner, mint, uiTokenAmount } of balances ?? []) {
      if (owner === wallet) tokens.set(mint, (tokens.get(mint) ?? 0n) + sign * BigInt(uiTokenAmount.amount))
    }
  }
  add(meta.preTokenBalances, -1n)
  add(meta.postTokenBalances, 1n)
  return {
    signature,
    slot,
    succeeded: meta.err === null,
    fee_lamports: BigInt(meta.fee),
    lamports: BigInt(meta.postBalances[0] ?? 0) - BigInt(meta.preBalances[0] ?? 0),
    tokens,
  }
}
