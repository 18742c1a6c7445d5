import type { AccountFilter } from '../../plugin/services.ts'
import { decoded, entriesFor } from './decoded.ts'
import { createJsonRpc, type JsonRpc, type JsonRpcOptions } from './json-rpc.ts'
import type {
  Account,
  AccountsAt,
  Commitment,
  ConfirmedTransaction,
  LatestBlockhash,
  SignatureStatus,
  Simulation,
  WireCalls,
} from './rpc-types.ts'

/** The part of Solana's JSON-RPC that trading needs. Addresses and signatures are base58, amounts lamports. */
export interface Rpc {
  readonly url: string
  /** Each endpoint by itself, where several are behind this one; those that work best come first. */
  readonly members?: readonly Rpc[]
  genesisHash(): Promise<string>
  version(): Promise<string>
  slot(commitment: Commitment): Promise<number>
  blockHeight(commitment: Commitment): Promise<number>
  /** The height with the slot of that block, as one node has them. */
  heightAt(commitment: Commitment): Promise<{ readonly slot: number; readonly height: number }>
  /** The first slot whose block this endpoint still has. */
  firstAvailableBlock(): Promise<number>
  latestBlockhash(commitment: Commitment): Promise<LatestBlockhash>
  balance(address: string, commitment: Commitment): Promise<bigint>
  /** In the order asked, undefined where there is none; at most 100. */
  accounts(addresses: readonly string[], commitment: Commitment): Promise<readonly (Account | undefined)[]>
  /**
   * The same, with the slot whose state it is; for a simulation of the same moment, as near to it as can be. An endpoint
   * that has not come to `minContextSlot` does not answer it (RPC_UNAVAILABLE, after some repetitions).
   */
  accountsAt(
    addresses: readonly string[],
    commitment: Commitment,
    options?: { readonly forSimulation?: boolean; readonly minContextSlot?: number },
  ): Promise<AccountsAt>
  /** Every account of a program that passes all filters, in no order. Many public endpoints refuse it. */
  programAccounts(
    programId: string,
    filters: readonly AccountFilter[],
    commitment: Commitment,
  ): Promise<{ readonly slot: number; readonly accounts: readonly (Account & { readonly address: string })[] }>
  rentExemption(bytes: number): Promise<bigint>
  /** The identities that lead the slots from this one on; at most 5,000. */
  slotLeaders(from: number, limit: number): Promise<readonly string[]>
  /** For each of about the last 150 blocks what was paid at least, in micro-lamports per compute unit, to write these accounts. */
  recentPrioritizationFees(addresses: readonly string[]): Promise<readonly bigint[]>
  /** In the order asked, undefined where the endpoint knows none; at most 256. */
  signatureStatuses(
    signatures: readonly string[],
    options: { searchHistory: boolean },
  ): Promise<readonly (SignatureStatus | undefined)[]>
  /** The same, with the slot up to which whoever answers has seen the chain. */
  signatureStatusesAt(
    signatures: readonly string[],
    options: { searchHistory: boolean },
  ): Promise<{ readonly slot: number; readonly statuses: readonly (SignatureStatus | undefined)[] }>
  transaction(signature: string, commitment: 'confirmed' | 'finalized'): Promise<ConfirmedTransaction | undefined>
  /** Runs a transaction with a fresh blockhash and without signatures checked; `watch` are accounts to see afterwards. */
  simulate(wire: Uint8Array, watch: readonly string[], commitment: Commitment): Promise<Simulation>
  /** Sends once, without preflight and without the node's own retries; answers the signature. */
  send(wire: Uint8Array): Promise<string>
  airdrop(address: string, lamports: bigint): Promise<string>
}

interface WireAccount {
  lamports: number
  owner: string
  data: [string, 'base64']
  executable: boolean
}

interface WireTokenBalance {
  accountIndex: number
  uiTokenAmount: { amount: string }
}

interface Contextual<T> {
  context: { slot: number }
  value: T
}

/** @throws from every method what `createJsonRpc` says. */
export function createRpc(
  options: (JsonRpcOptions | { readonly url: string; readonly call: JsonRpc }) & { signal?: AbortSignal },
): Rpc {
  const call = 'call' in options ? options.call : createJsonRpc(options)
  const read = <T>(method: string, params: readonly unknown[] = [], forSimulation = false): Promise<T> =>
    call<T>(method, params, { repeatable: true, signal: options.signal, forSimulation })
  const once = <T>(method: string, params: readonly unknown[]): Promise<T> =>
    call<T>(method, params, { repeatable: false, signal: options.signal })

  const accountsAt: Rpc['accountsAt'] = async (addresses, commitment, how) => {
    const { minContextSlot = 0 } = how ?? {}
    const params = [addresses, { commitment, encoding: 'base64', ...(minContextSlot > 0 && { minContextSlot }) }]
    const answer = await read<Contextual<(WireAccount | null)[]>>('getMultipleAccounts', params, how?.forSimulation)
    return decoded('getMultipleAccounts', () => ({
      slot: answer.context.slot,
      accounts: entriesFor('getMultipleAccounts', addresses, answer.value).map(accountOf),
    }))
  }

  const signatureStatusesAt: Rpc['signatureStatusesAt'] = async (signatures, { searchHistory }) => {
    const params = [signatures, { searchTransactionHistory: searchHistory }]
    const answer = await read<Contextual<(SignatureStatus | null)[]>>('getSignatureStatuses', params)
    return decoded('getSignatureStatuses', () => ({
      slot: answer.context.slot,
      statuses: entriesFor('getSignatureStatuses', signatures, answer.value).map(status => status ?? undefined),
    }))
  }

  return {
    url: options.url,
    genesisHash: () => read('getGenesisHash'),
    version: async () => (await read<{ 'solana-core': string }>('getVersion'))['solana-core'],
    slot: commitment => read('getSlot', [{ commitment }]),
    blockHeight: commitment => read('getBlockHeight', [{ commitment }]),
    heightAt: async commitment => {
      const answer = await read<{ absoluteSlot: number; blockHeight: number }>('getEpochInfo', [{ commitment }])
      return decoded('getEpochInfo', () => ({ slot: answer.absoluteSlot, height: answer.blockHeight }))
    },
    firstAvailableBlock: () => read('getFirstAvailableBlock'),
    latestBlockhash: async commitment => {
      const answer = await read<Contextual<{ blockhash: string; lastValidBlockHeight: number }>>('getLatestBlockhash', [
        { commitment },
      ])
      return decoded('getLatestBlockhash', () => ({ ...answer.value, slot: answer.context.slot }))
    },
    balance: async (address, commitment) => {
      const answer = await read<Contextual<number>>('getBalance', [address, { commitment }])
      return decoded('getBalance', () => BigInt(answer.value))
    },
    accounts: async (addresses, commitment) => (await accountsAt(addresses, commitment)).accounts,
    accountsAt,
    programAccounts: async (programId, filters, commitment) => {
      const params = [programId, { commitment, encoding: 'base64', withContext: true, filters }]
      const answer = await read<Contextual<{ pubkey: string; account: WireAccount }[]>>('getProgramAccounts', params)
      return decoded('getProgramAccounts', () => ({
        slot: answer.context.slot,
        accounts: answer.value.map(({ pubkey, account }) => ({ address: pubkey, ...accountOf(account)! })),
      }))
    },
    rentExemption: async bytes => {
      const answer = await read<number>('getMinimumBalanceForRentExemption', [bytes])
      return decoded('getMinimumBalanceForRentExemption', () => BigInt(answer))
    },
    slotLeaders: (from, limit) => read('getSlotLeaders', [from, limit]),
    recentPrioritizationFees: async addresses => {
      const answer = await read<readonly { prioritizationFee: number }[]>('getRecentPrioritizationFees', [addresses])
      return decoded('getRecentPrioritizationFees', () => answer.map(block => BigInt(block.prioritizationFee)))
    },
    signatureStatuses: async (signatures, options) => (await signatureStatusesAt(signatures, options)).statuses,
    signatureStatusesAt,
    transaction: async (signature, commitment) => {
      const params = [signature, { commitment, encoding: 'base64', maxSupportedTransactionVersion: 0 }]
      return (await read<ConfirmedTransaction | null>('getTransaction', params)) ?? undefined
    },
    simulate: async (wire, watch, commitment) => {
      const params = [
        Buffer.from(wire).toString('base64'),
        {
          encoding: 'base64',
          commitment,
          sigVerify: false,
          replaceRecentBlockhash: true,
          innerInstructions: true,
          ...(watch.length > 0 && { accounts: { encoding: 'base64', addresses: watch } }),
        },
      ]
      const answer = await read<
        Contextual<{
          err: unknown
          logs?: string[] | null
          unitsConsumed?: number
          accounts?: (WireAccount | null)[] | null
          innerInstructions?: WireCalls[] | null
          preBalances?: number[] | null
          preTokenBalances?: WireTokenBalance[] | null
        }>
      >('simulateTransaction', params, true)
      return decoded('simulateTransaction', () => ({
        slot: answer.context.slot,
        error: answer.value.err ?? undefined,
        logs: answer.value.logs ?? [],
        computeUnits: answer.value.unitsConsumed,
        accounts: answer.value.accounts?.map(accountOf),
        calls: answer.value.innerInstructions ?? undefined,
        start: startOf(answer.value),
      }))
    },
    send: wire =>
      once('sendTransaction', [
        Buffer.from(wire).toString('base64'),
        { encoding: 'base64', skipPreflight: true, maxRetries: 0 },
      ]),
    airdrop: (address, lamports) => once('requestAirdrop', [address, Number(lamports)]),
  }
}

function startOf(told: {
  preBalances?: number[] | null
  preTokenBalances?: WireTokenBalance[] | null
}): Simulation['start'] {
  if (!told.preBalances || !told.preTokenBalances) return undefined
  return {
    lamports: told.preBalances.map(BigInt),
    units: new Map(told.preTokenBalances.map(held => [held.accountIndex, BigInt(held.uiTokenAmount.amount)])),
  }
}

function accountOf(account: WireAccount | null): Account | undefined {
  if (!account) return undefined
  return {
    lamports: BigInt(account.lamports),
    owner: account.owner,
    data: Buffer.from(account.data[0], 'base64'),
  }
}
