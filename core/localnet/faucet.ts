import { type Address, createNoopSigner } from '@solana/kit'
import { getSetComputeUnitLimitInstruction } from '@solana-program/compute-budget'
import { getTransferSolInstruction } from '@solana-program/system'
import { faucetKey } from './genesis.ts'
import type { Ledger } from './ledger/ledger.ts'
import { parseWire, type WireTransaction } from './ledger/message/wire.ts'
import { describeTransactionError } from './ledger/transaction-error.ts'
import { RpcError } from './rpc/rpc-error.ts'
import { signTransaction } from './sign-transaction.ts'

const COMPUTE_UNITS_MIN = 450

/** A transfer by the faucet, as a transaction like any other; answers its signature. Throws RpcError when it fails. */
export function airdropFrom(ledger: Ledger, to: string, lamports: bigint): string {
  const outcome = ledger.send(freshTransfer(ledger, to, lamports), 'client')
  if (outcome.landed && outcome.transaction.err === null) return outcome.transaction.signature
  const err = outcome.landed ? outcome.transaction.err : outcome.err
  const reason = err === null ? 'not landed' : describeTransactionError(err)
  throw new RpcError('internal', `airdrop request failed: ${reason}`)
}

/** Equal airdrops in one slot would be one transaction: the compute limit, which costs nothing, tells them apart. */
function freshTransfer(ledger: Ledger, to: string, lamports: bigint): WireTransaction {
  const faucet = faucetKey()
  const source = createNoopSigner(faucet.address)
  for (let units = COMPUTE_UNITS_MIN; ; units++) {
    const wire = signTransaction(
      [
        getSetComputeUnitLimitInstruction({ units }),
        getTransferSolInstruction({ source, destination: to as Address, amount: lamports }),
      ],
      [faucet],
      { blockhash: ledger.latestBlockhash(), lastValidBlockHeight: BigInt(ledger.blockHeight() + 150) },
    )
    const transaction = parseWire(wire)
    if (!ledger.transactions.get(transaction.signatures[0]!)) return transaction
  }
}
