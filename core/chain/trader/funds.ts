import type { Reason } from '../../events/report.ts'
import { type Amount, formatAmount, formatUnits } from '../../money/amount.ts'
import { SOL_MINT, type Token } from '../../money/token.ts'
import { SetAside } from '../../plugin/set-aside.ts'
import type { Rpc } from '../rpc/rpc.ts'
import { BudgetLedger, type Counted, claimedByOthers, type Earmark, type Spending } from './budget-ledger.ts'
import { type Claim, Claims, type Taken, withAside } from './claims.ts'
import { onAbort } from './on-abort.ts'
import { tokenUnits } from './token-accounts.ts'
import { type Deposits, WalletCount, type WalletSnapshot } from './wallet-count.ts'

/** What one trade may take out of the wallet. */
export interface FundsRequest {
  /** Whose funds were set aside, if any were: the claim takes their place. */
  readonly orderId?: string
  /** The node that wants it: its own budget is no obstacle to it. */
  readonly node: string
  /** The most that goes in. */
  readonly input: Amount
  /** What it brings, as quoted. */
  readonly output: Amount
  /** Base fee and priority fee at their highest. */
  readonly fee_lamports: bigint
}

/** Funds that are set aside for a trade until it has ended. */
export interface Reservation {
  /** The wallet as it was when the funds were counted. */
  readonly wallet: WalletSnapshot
  /** The trade's transaction has landed: balances of that slot and later are without what it took. */
  landed(slot: number): void
  /** @param spending what the trade's transaction did, when one was sent */
  release(spending?: Spending): void
}

export type FundsVerdict =
  | { readonly ok: true; readonly reservation: Reservation }
  /** With what there is of it instead, when a trade of that could be paid for. */
  | { readonly ok: false; readonly reason: Reason; readonly there?: Amount }

/** Of SOL that is sold to the last unit, this much is left for base fee, priority fee and tip: what was not paid stays. */
export const FEES_SET_ASIDE_LAMPORTS = 2_000_000n

/** Takes a claim that waits for others, with a sentence that says for what. */
export type FundsWait = (request: Pick<FundsRequest, 'orderId'>, text: string) => void

export interface FundsOptions {
  readonly rpc: Pick<Rpc, 'accountsAt' | 'rentExemption'>
  /** In base58. */
  readonly wallet: string
  readonly reserve_lamports: bigint
  /** Told once of each claim that waits for trades in flight. */
  readonly onWait?: FundsWait
}

/** A trade that has ended, and what it did. */
interface Ended {
  readonly claim: Claim
  readonly spending: Spending
}

/**
 * Counts what the wallet holds, less what trades in flight may still take, and less what is other strategies'.
 * Counting and claiming go one at a time: of a hundred trades at once, none is promised what another has. What is missing
 * while others are in flight is waited for.
 */
export class Funds {
  readonly #count: WalletCount
  readonly #reserve_lamports: bigint
  readonly #claims = new Claims()
  /** Of orders on their way to their claim. */
  readonly #aside = new SetAside()
  readonly budgets = new BudgetLedger()
  #onRelease: (() => void)[] = []
  #releases = 0
  /** Releases that came while balances were being read: those balances may be older. */
  #late: Ended[] = []

  #since_slot = 0
  readonly #onWait: FundsWait | undefined

  constructor({ onWait, reserve_lamports, ...counted }: FundsOptions) {
    this.#onWait = onWait
    this.#count = new WalletCount({
      ...counted,
      since: () => this.#since_slot,
      counted: () => {
        for (const ended of this.#late.splice(0)) this.#free(ended)
      },
    })
    this.#reserve_lamports = reserve_lamports
  }

  /** Sets the funds of a trade aside, or says what is missing. @throws what `Rpc` throws. */
  async claim(request: FundsRequest, signal: AbortSignal): Promise<FundsVerdict> {
    let awaited: readonly Claim[] | undefined
    let isTold = false
    for (;;) {
      signal.throwIfAborted()
      const releases = this.#releases
      const verdict = await this.#count.count(request.input.token, request.output.token, (wallet, deposits) =>
        this.#judge(request, wallet, deposits),
      )
      if (verdict.ok) {
        if (request.orderId !== undefined) this.dropAside(request.orderId)
        return verdict
      }
      // Something came free while this was counted: count again.
      if (this.#releases !== releases) continue
      if (this.#claims.size === 0) return verdict
      if (verdict.reason.code === 'BUDGET_CLAIMED' && !this.budgets.has(request.node)) {
        // Trades of a budget only give back what is its own: those that come later are not waited for.
        awaited ??= this.#claims.list()
        if (!awaited.some(claim => this.#claims.has(claim))) return verdict
      }
      if (!isTold) this.#onWait?.(request, waitText(this.#claims.size, verdict.reason))
      isTold = true
      await this.#nextRelease(signal)
    }
  }

  /**
   * Base units of a token that could go into a trade now. Of SOL less what the trade needs besides: the reserve, the rent
   * of accounts that it opens, and FEES_SET_ASIDE_LAMPORTS. A trade that has landed counts twice until that is known,
   * in what the wallet holds and as what it may take: that nothing is left is never said because of that.
   *
   * @param node who asks: what is the other strategies' is not among it
   * @throws what `Rpc` throws, and the signal's reason
   */
  async sellable(token: Token, into: Token, node: string | undefined, signal: AbortSignal): Promise<bigint> {
    const inFlight = this.#claims.list().filter(({ mint }) => mint === token.mint)
    for (;;) {
      const releases = this.#releases
      const mayCountTwice = inFlight.some(claim => this.#claims.has(claim))
      const units = await this.#sellableNow(token, into, node)
      if (units > 0n || !mayCountTwice) return units
      if (this.#releases === releases) await this.#nextRelease(signal)
    }
  }

  async #sellableNow(token: Token, into: Token, node: string | undefined): Promise<bigint> {
    const [free, unclaimed] = await this.#count.count(token, into, (wallet, deposits) => {
      const taken = withAside(this.#claims.beside(wallet.slot), this.#aside)
      return [this.#sellable(token, wallet, deposits, taken), this.#unclaimed(token, wallet, node, taken).units]
    })
    return unclaimed < free ? atLeastZero(unclaimed) : free
  }

  #sellable(token: Token, wallet: WalletSnapshot, deposits: Deposits, taken: Taken): bigint {
    if (token.mint !== SOL_MINT) return atLeastZero(tokenUnits(wallet.accounts[1]?.data) - taken.unitsOf(token.mint))
    const opens = wallet.accounts.at(-1) === undefined ? deposits.output : 0n
    let keep = this.#reserve_lamports
    // An account for wrapped SOL is opened and closed on the way: its rent must be there, and comes back.
    if (keep < deposits.wrapped) keep = deposits.wrapped
    return atLeastZero(wallet.lamports - taken.lamports - keep - opens - FEES_SET_ASIDE_LAMPORTS)
  }

  /**
   * What is left of a token beside trades in flight, and for a node beside what is other strategies'. Budgets of SOL are
   * not answerable for fees and rent, nor for the reserve that nobody can spend.
   */
  #unclaimed(
    token: Token,
    wallet: WalletSnapshot,
    node: string | undefined,
    taken: Taken,
  ): { readonly units: bigint; readonly earmarks: readonly Earmark[] } {
    const held =
      token.mint === SOL_MINT
        ? wallet.lamports + this.budgets.costs_lamports + this.#reserve_lamports
        : tokenUnits(wallet.accounts[1]?.data)
    const free = { token, units: held - taken.unitsOf(token.mint) }
    return node === undefined ? { ...free, earmarks: [] } : this.budgets.leftFor(node, free, taken)
  }

  /**
   * An order will take so much, as soon as its trade is quoted: until then `sellable` is less by it. It holds no other
   * trade back, for of two that were promised too much one could wait for the other for ever.
   */
  setAside(orderId: string, amount: Amount, whose: string | undefined): void {
    this.#aside.add(orderId, amount, whose)
  }

  dropAside(orderId: string): void {
    this.#aside.delete(orderId)
  }

  /** Base units of a token that the wallet holds. @throws what `Rpc` throws. */
  balance(token: Token): Promise<bigint> {
    return this.#count.count(token, token, wallet =>
      token.mint === SOL_MINT ? wallet.lamports : tokenUnits(wallet.accounts[1]?.data),
    )
  }

  /** What the wallet held before a slot is nothing to count by: something has landed in it, or was counted as of it. */
  countSince(slot: number): void {
    if (slot > this.#since_slot) this.#since_slot = slot
  }

  /** What is the strategies' of a token, but that node's own. */
  claimedFrom(node: string, token: Token): readonly Earmark[] {
    return this.budgets.claimedOf(token, node, this.#claims)
  }

  /** Lamports that were set aside for it. */
  ownLamports(reservation: Reservation): bigint {
    return owned.get(reservation)?.lamports ?? 0n
  }

  /** Lamports that all other claims may still take. */
  claimedLamports(except: Reservation): bigint {
    return this.#claims.lamports - this.ownLamports(except)
  }

  get reserve_lamports(): bigint {
    return this.#reserve_lamports
  }

  #judge(
    { input, node, output, fee_lamports }: FundsRequest,
    wallet: WalletSnapshot,
    deposits: Deposits,
  ): FundsVerdict {
    const paysSol = input.token.mint === SOL_MINT
    const opens = output.token.mint !== SOL_MINT && wallet.accounts.at(-1) === undefined
    const claim: Claim = {
      mint: input.token.mint,
      node,
      brings: output,
      units: input.units,
      lamports: (paysSol ? input.units : 0n) + fee_lamports + (opens ? deposits.output : 0n),
    }
    const there = (units: bigint): Amount => ({ token: input.token, units: atLeastZero(units) })
    const wraps = paysSol || output.token.mint === SOL_MINT
    // An account for wrapped SOL is opened and closed on the way: its rent must be there, and comes back.
    const keep = wraps && this.#reserve_lamports < deposits.wrapped ? deposits.wrapped : this.#reserve_lamports
    const taken = this.#claims.beside(wallet.slot)
    const free = wallet.lamports - taken.lamports
    if (!paysSol) {
      const held = tokenUnits(wallet.accounts[1]?.data)
      const others = taken.unitsOf(claim.mint)
      if (held - others < input.units) return missing(lacks(input, held - others), there(held - others))
    }
    if (free - claim.lamports < keep) {
      const reason = lacksSol(claim.lamports, keep, free, paysSol ? input : undefined)
      return missing(reason, paysSol ? there(input.units + free - claim.lamports - keep) : undefined)
    }
    const left = this.#unclaimed(input.token, wallet, node, taken)
    if (left.earmarks.length > 0 && left.units < input.units)
      return missing(claimedByOthers(input, left), there(left.units))
    this.#claims.add(claim)
    const reservation: Reservation = {
      wallet,
      landed: slot => {
        this.countSince(slot)
        this.#claims.landed(claim, slot)
      },
      release: spending => this.#release({ claim, spending }),
    }
    owned.set(reservation, claim)
    return { ok: true, reservation }
  }

  /** What became of a transaction of which nobody knew, so that a budget was counted as if it had paid. */
  found(node: string, counted: Counted, spending: Spending): void {
    this.#countSinceLanding(spending)
    this.budgets.revise(node, counted, spending)
  }

  #countSinceLanding(spending: Spending): void {
    if (spending && !('unknown' in spending)) {
      const { slot } = 'fill' in spending ? spending.fill : spending.failed
      this.countSince(slot)
    }
  }

  #release(ended: Ended): void {
    this.#countSinceLanding(ended.spending)
    if (this.#count.isReading) this.#late.push(ended)
    else this.#free(ended)
  }

  /** What was spent and what was set aside change at once: else one unit would count twice, or not at all. */
  #free({ claim, spending }: Ended): void {
    this.#claims.delete(claim)
    this.budgets.settle(claim.node, spending)
    this.#releases++
    for (const wake of this.#onRelease.splice(0)) wake()
  }

  #nextRelease(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const over = onAbort(signal, () => reject(signal.reason))
      this.#onRelease.push(() => {
        over()
        resolve()
      })
    })
  }
}

const owned = new WeakMap<Reservation, Claim>()

function atLeastZero(units: bigint): bigint {
  return units < 0n ? 0n : units
}

function missing(why: string | Reason, there: Amount | undefined): FundsVerdict {
  const remedy = 'Fund the wallet, or trade less.'
  const reason = typeof why === 'string' ? { code: 'FUNDS_INSUFFICIENT', message: why, remedy } : why
  return { ok: false, reason, ...(there && there.units > 0n && { there }) }
}

/** `it waits for a trade in flight to end: the trade needs 6 USDC, the wallet has 4: 2 USDC are missing` */
function waitText(inFlight: number, { message }: Reason): string {
  const others = inFlight === 1 ? 'a trade in flight to end' : `one of ${inFlight} trades in flight to end`
  return `it waits for ${others}: ${message}`
}

function lacks(input: Amount, free: bigint): string {
  const short = { token: input.token, units: input.units - (free < 0n ? 0n : free) }
  const has = formatUnits(free < 0n ? 0n : free, input.token.decimals)
  return `the trade needs ${formatAmount(input)}, the wallet has ${has}: ${formatAmount(short)} are missing`
}

function lacksSol(needed: bigint, keep: bigint, free: bigint, input: Amount | undefined): string {
  const what = input ? `${formatAmount(input)} with fees and rent` : `${formatUnits(needed, 9)} SOL for fees and rent`
  const short = formatUnits(needed + keep - free, 9)
  return `the trade needs ${what}, and ${formatUnits(keep, 9)} SOL stay in reserve; the wallet has ${formatUnits(free, 9)} SOL: ${short} SOL are missing`
}
