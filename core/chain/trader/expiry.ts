import { isForgeError } from '../../errors/forge-error.ts'
import type { Attempt } from '../../orders/journal.ts'
import type { Rpc } from '../rpc/rpc.ts'
import type { SignatureStatus } from '../rpc/rpc-types.ts'

/** What the endpoints say of a transaction whose last valid block has passed. */
export type ExpiryProof =
  | { readonly kind: 'expired' }
  | { readonly kind: 'landed'; readonly status: SignatureStatus }
  /** Not now: an endpoint is behind or does not answer. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** Never: no endpoint can know. */
  | { readonly kind: 'unprovable'; readonly why: string }

/** How many endpoints must agree, where there are so many. */
const WITNESSES = 2
/**
 * Slots that a blockhash lives at least: 150 blocks, of which a slot has one at most. Source: MAX_PROCESSING_AGE of the
 * Solana SDK.
 */
const BLOCKHASH_SLOTS = 150

/**
 * Whether an attempt can never land any more. All of it must hold, at two endpoints or at the only one: the finalized
 * height is past the last valid block; the whole history has no such signature; that history reaches as far as the
 * height does (behind one address there may be many nodes, and one that is behind has not seen the landing yet); and it
 * begins before the attempt, so that "not found" means "not there". The last valid block is what one endpoint said when
 * the blockhash was asked for: by the slots that have passed it must have come as well.
 */
export async function proveExpiry(attempt: Attempt, rpcs: readonly Rpc[]): Promise<ExpiryProof> {
  // A witness is one endpoint: what several say in turn proves nothing of any of them.
  const witnesses = rpcs.flatMap(rpc => rpc.members ?? [rpc]).slice(0, WITNESSES)
  const verdicts = await Promise.all(witnesses.map(rpc => witness(attempt, rpc)))
  const landed = verdicts.find(verdict => verdict.kind === 'landed')
  const doubt = verdicts.find(verdict => verdict.kind === 'unknown')
  const never = verdicts.find(verdict => verdict.kind === 'unprovable')
  return landed ?? doubt ?? never ?? { kind: 'expired' }
}

async function witness(attempt: Attempt, rpc: Rpc): Promise<ExpiryProof> {
  try {
    // The height first: a status that was asked before the last block could miss a landing in it.
    const { slot, height } = await rpc.heightAt('finalized')
    if (height <= attempt.lastValidBlockHeight) return { kind: 'unknown', why: `its finalized height is ${height}` }
    if (attempt.slot !== undefined && slot < attempt.slot + BLOCKHASH_SLOTS)
      return {
        kind: 'unknown',
        why: `its finalized slot is ${slot}, and the blockhash was new in slot ${attempt.slot}`,
      }
    const seen = await rpc.signatureStatusesAt([attempt.signature], { searchHistory: true })
    const [status] = seen.statuses
    if (status) return { kind: 'landed', status }
    if (seen.slot < slot) return { kind: 'unknown', why: `its history ends at slot ${seen.slot}, before ${slot}` }
    const first = await rpc.firstAvailableBlock()
    if (attempt.slot === undefined || first > attempt.slot) {
      return { kind: 'unprovable', why: `its history begins at slot ${first}, after the transaction was signed` }
    }
    return { kind: 'expired' }
  } catch (thrown) {
    if (isForgeError(thrown)) return { kind: 'unknown', why: thrown.message }
    throw thrown
  }
}
