import type { Budget, BudgetLedger } from '../../chain/trader/budget-ledger.ts'
import type { TraderOptions } from '../../chain/trader/options.ts'
import type { Recovery } from '../../chain/trader/recovery.ts'
import { type ChainTrader, createTrader } from '../../chain/trader/trader.ts'
import type { Wallet } from '../../chain/wallet/wallet.ts'
import type { BoundNode } from '../../config/bound-pipeline.ts'
import type { Report } from '../../events/report.ts'
import type { Amount } from '../../money/amount.ts'
import type { Journal, OrderRecord } from '../../orders/journal.ts'
import type { Services } from '../../plugin/services.ts'
import type { Deployment } from '../../store/deployment.ts'
import { jsonRpcOf } from '../network/connection.ts'
import { readPortfolio } from '../network/portfolio.ts'
import { leaveMark, movedByOthers, type WalletPlace } from '../wallet/moved-by-others.ts'
import { BudgetBook } from './budget-book.ts'
import type { Ground } from './ground.ts'
import { restingBudgets } from './resting-budgets.ts'
import type { RunPortfolio } from './run-document.ts'

/** What the purses of a run have in common. */
export interface PurseParts {
  readonly ground: Ground
  readonly deployment: Deployment
  /** What every trader is made of but its wallet and journal. */
  readonly traderOptions: Omit<TraderOptions, 'wallet' | 'walletName' | 'journal'>
  /** What nodes are handed, when they trade so. */
  /** Takes a sentence about a wallet, for people. */
  tell(purse: Purse, text: string): void
  /** Whether only people's orders are traded: they may sell what strategies have bought, and not spend what these may. */
  readonly ofPeople: boolean
  readonly servicesFor: (purse: Purse, trader: ChainTrader, budgets: BudgetBook) => (node: BoundNode) => Services
}

/**
 * One wallet of a run, with what is its alone: the orders that are traded with it, the trader that settles them, the
 * budgets it is divided into, and what it held before.
 */
export class Purse {
  readonly #parts: PurseParts
  readonly #wallet: Wallet
  /** As the pipeline names it; undefined for the one that the run was started with. */
  readonly name: string | undefined
  readonly journal: Journal
  readonly trader: ChainTrader
  readonly before: RunPortfolio
  #budgets: BudgetBook | undefined
  #services: ((node: BoundNode) => Services) | undefined

  private constructor(wallet: Wallet, name: string | undefined, before: RunPortfolio, parts: PurseParts) {
    this.#parts = parts
    this.#wallet = wallet
    this.name = name
    this.before = before
    this.journal = parts.deployment.journalOf(wallet.publicKey)
    this.trader = this.#traderThat({})
  }

  /** Reads what the wallet holds; nothing is settled yet. @throws what the RPC throws */
  static async open(wallet: Wallet, name: string | undefined, parts: PurseParts): Promise<Purse> {
    return new Purse(wallet, name, await portfolioOf(parts.ground, wallet.publicKey), parts)
  }

  get address(): string {
    return this.#wallet.publicKey
  }

  portfolio(): Promise<RunPortfolio> {
    return portfolioOf(this.#parts.ground, this.address)
  }

  /**
   * Settles the orders of earlier runs; then budgets are held against the wallet as it is after that.
   *
   * @param isAsked whether a node of what is about to run gives an order's intent again
   * @returns what was found, and what others have done to the wallet, in sentences
   */
  async recover(isAsked: (order: OrderRecord) => boolean): Promise<Recovery & { readonly moved: readonly string[] }> {
    const { deployment, ground } = this.#parts
    const recovery = await ground.connection.drive(this.trader.recover(isAsked))
    const { reports } = recovery
    for (const report of reports) deployment.history.record(report)
    const held = reports.length === 0 ? this.before : await portfolioOf(ground, this.address, newestSlot(reports))
    this.trader.countSince(held.slot)
    const resting = this.#resting()
    for (const [name, budget] of resting) this.trader.budgets.give(name, budget)
    this.#budgets = new BudgetBook({
      wallet: held,
      ordersOf: node => this.journal.orders(node === undefined ? {} : { node }),
      givenBefore: this.#givenBefore(),
      ledger: this.#ledger(),
      resting,
      tell: text => this.#parts.tell(this, text),
    })
    return { ...recovery, moved: await this.#movedByOthers(reports.length === 0 ? this.before : undefined) }
  }

  /** What a node is handed that trades with this wallet; with `evenStopped`, also while the kill switch is set. */
  servicesFor({ evenStopped = false }: { readonly evenStopped?: boolean } = {}): (node: BoundNode) => Services {
    const budgets = this.#budgets
    if (!budgets) throw new RangeError('nothing is traded before recovery')
    if (evenStopped) return this.#parts.servicesFor(this, this.#traderThat({ evenStopped }), budgets)
    this.#services ??= this.#parts.servicesFor(this, this.trader, budgets)
    return this.#services
  }

  /** Remembers what the wallet held in the end, when that is certain. */
  leave(holds: RunPortfolio): void {
    if (this.journal.orders({ open: true }).some(order => order.attempts.length > 0)) return
    const { connection, store } = this.#parts.ground
    leaveMark(store, this.place, holds, connection.clock.now())
  }

  get place(): WalletPlace {
    return { genesisHash: this.#parts.ground.genesisHash, wallet: this.address }
  }

  #givenBefore(): (node: string) => Amount | undefined {
    const { deployment, ground } = this.#parts
    const given = ground.store
      .budgets(ground.genesisHash)
      .filter(({ deploymentId, wallet }) => deploymentId === deployment.id && wallet === this.address)
    return node => given.find(each => each.node === node)?.amount
  }

  /** The trader's, and what outlives it. */
  #ledger(): Pick<BudgetLedger, 'give' | 'addCosts'> {
    const { budgets } = this.trader
    const kept = new Map<string, bigint>()
    return {
      addCosts: lamports => budgets.addCosts(lamports),
      give: (node, budget) => {
        budgets.give(node, budget)
        // Every claim counts all of them anew.
        if (kept.get(node) === budget.amount.units) return
        this.#parts.deployment.keepBudget(node, this.address, budget.amount)
        kept.set(node, budget.amount.units)
      },
    }
  }

  /** What is the strategies' of pipelines that do not run: the trader keeps everybody from it. */
  #resting(): ReadonlyMap<string, Budget> {
    const { deployment, ground, ofPeople } = this.#parts
    const { genesisHash, store } = ground
    return restingBudgets(store, { genesisHash, wallet: this.address, deploymentId: deployment.id, ofPeople })
  }

  #traderThat({ evenStopped = false }: { readonly evenStopped?: boolean }): ChainTrader {
    const { stopped, ...options } = this.#parts.traderOptions
    return createTrader({
      ...options,
      wallet: this.#wallet,
      walletName: this.name,
      journal: this.journal,
      ...(!evenStopped && stopped && { stopped }),
    })
  }

  /** Nothing for a dry run, which has no memory. */
  async #movedByOthers(holds: RunPortfolio | undefined): Promise<readonly string[]> {
    const { connection, dataDirectory, store } = this.#parts.ground
    if (dataDirectory === undefined) return []
    const now = connection.clock.now()
    return connection.drive(movedByOthers(jsonRpcOf(connection), store, this.place, { now, holds }))
  }
}

/** @param since a slot that the answer must not be older than */
function portfolioOf({ cluster, connection }: Ground, address: string, since?: number): Promise<RunPortfolio> {
  return connection.drive(readPortfolio(jsonRpcOf(connection), address, cluster.tokens, since))
}

/** The slot of what landed last; undefined when nothing did. */
function newestSlot(reports: readonly Report[]): number | undefined {
  const slots = reports.flatMap(report => ('fill' in report ? report.fill.slot : []))
  return slots.length === 0 ? undefined : Math.max(...slots)
}
