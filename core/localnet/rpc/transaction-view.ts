import { base58 } from '@scure/base'
import { parseWire, type WireInstruction, type WireMessage } from '../ledger/message/wire.ts'
import type { Execution, InnerInstructionRecord } from '../ledger/svm.ts'
import type { LandedTransaction, TokenBalance } from '../ledger/transactions.ts'
import { jsonNumber } from './json.ts'
import { type Config, choice, optionalNumber } from './params.ts'
import { uiTokenAmount } from './parsed-account.ts'
import { RpcError } from './rpc-error.ts'

const TRANSACTION_ENCODINGS = ['binary', 'base58', 'base64', 'json', 'jsonParsed'] as const
export type TransactionEncoding = (typeof TRANSACTION_ENCODINGS)[number]

export function transactionEncodingOf(config: Config): TransactionEncoding {
  return choice(config, 'encoding', TRANSACTION_ENCODINGS, 'json')
}

/** `{transaction, meta, version?}` as getTransaction and getBlock give it. Throws -32015 for a version not asked for. */
export function transactionJson(landed: LandedTransaction, encoding: TransactionEncoding, config: Config): object {
  const { signatures, message } = parseWire(landed.wire)
  const max = optionalNumber(config, 'maxSupportedTransactionVersion')
  if (max === undefined && message.version !== 'legacy') {
    throw new RpcError(
      'unsupportedVersion',
      `Transaction version (${message.version}) is not supported by the requesting client. Please try the request ` +
        `again with the following configuration parameter: "maxSupportedTransactionVersion": ${message.version}`,
    )
  }
  const transaction =
    encoding === 'json' || encoding === 'jsonParsed'
      ? { message: messageJson(message, landed, encoding === 'jsonParsed'), signatures }
      : encodedWire(landed.wire, encoding)
  const meta = metaJson(landed, encoding === 'jsonParsed')
  return { transaction, meta, ...(max !== undefined && { version: message.version }) }
}

function encodedWire(wire: Uint8Array, encoding: 'binary' | 'base58' | 'base64'): unknown {
  if (encoding === 'base64') return [Buffer.from(wire).toString('base64'), 'base64']
  return encoding === 'binary' ? base58.encode(wire) : [base58.encode(wire), 'base58']
}

function messageJson(message: WireMessage, landed: LandedTransaction, isParsed: boolean): object {
  const lookups = message.lookups.map(lookup => ({
    accountKey: lookup.table,
    writableIndexes: [...lookup.writable],
    readonlyIndexes: [...lookup.readonly],
  }))
  const tables = message.version === 0 ? { addressTableLookups: lookups } : {}
  if (isParsed) {
    return {
      accountKeys: parsedKeys(message, landed),
      instructions: message.instructions.map(instruction => partlyDecoded(instruction, landed.keys, 1)),
      recentBlockhash: message.blockhash,
      ...tables,
    }
  }
  return {
    accountKeys: message.staticKeys,
    header: message.header,
    instructions: message.instructions.map(instruction => compiledJson(instruction, 1)),
    recentBlockhash: message.blockhash,
    ...tables,
  }
}

function parsedKeys(message: WireMessage, landed: LandedTransaction): object[] {
  return landed.keys.map((pubkey, index) => ({
    pubkey,
    signer: index < message.header.numRequiredSignatures,
    source: index < message.staticKeys.length ? 'transaction' : 'lookupTable',
    writable: landed.writable.includes(pubkey),
  }))
}

function compiledJson(instruction: WireInstruction, stackHeight: number): object {
  const { programIdIndex, accounts, data } = instruction
  return { programIdIndex, accounts: [...accounts], data: base58.encode(data), stackHeight }
}

/** What a node gives in jsonParsed for a program whose instructions it doesn't parse. */
function partlyDecoded(instruction: WireInstruction, keys: readonly string[], stackHeight: number): object {
  return {
    programId: keys[instruction.programIdIndex],
    accounts: [...instruction.accounts].map(index => keys[index]),
    data: base58.encode(instruction.data),
    stackHeight,
  }
}

/** Only instructions that called others are listed. */
export function innerInstructionsJson(
  inner: readonly (readonly InnerInstructionRecord[])[],
  keys?: readonly string[],
): object[] {
  return inner.flatMap((list, index) => {
    if (list.length === 0) return []
    const instructions = list.map(each =>
      keys ? partlyDecoded(each, keys, each.stackHeight) : compiledJson(each, each.stackHeight),
    )
    return [{ index, instructions }]
  })
}

export function returnDataJson(returned: Execution['returnData']): object | null {
  if (!returned) return null
  return { programId: returned.programId, data: [Buffer.from(returned.data).toString('base64'), 'base64'] }
}

function metaJson(landed: LandedTransaction, isParsed: boolean): object {
  const { err, returnData } = landed
  return {
    err,
    status: statusJson(landed),
    fee: landed.fee,
    preBalances: landed.preBalances.map(jsonNumber),
    postBalances: landed.postBalances.map(jsonNumber),
    innerInstructions: innerInstructionsJson(landed.inner, isParsed ? landed.keys : undefined),
    logMessages: landed.logs,
    preTokenBalances: landed.preTokenBalances.map(tokenBalanceJson),
    postTokenBalances: landed.postTokenBalances.map(tokenBalanceJson),
    rewards: [],
    ...(!isParsed && { loadedAddresses: landed.loaded }),
    ...(returnData && { returnData: returnDataJson(returnData) }),
    computeUnitsConsumed: landed.computeUnits,
  }
}

export function statusJson(landed: LandedTransaction): object {
  return landed.err === null ? { Ok: null } : { Err: landed.err }
}

export function tokenBalanceJson(balance: TokenBalance): object {
  const { accountIndex, mint, owner, programId, amount, decimals } = balance
  return { accountIndex, mint, owner, programId, uiTokenAmount: uiTokenAmount(amount, decimals) }
}
