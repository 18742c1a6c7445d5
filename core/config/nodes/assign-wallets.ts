import type { Findings } from '../findings.ts'
import { joinPath, textOf } from '../text/tree.ts'
import type { FlatNode } from './flat-node.ts'
import { type NamedWallets, unknownWalletHint } from './wallets.ts'
import type { Wire } from './wires.ts'

/** The name of a node's wallet; undefined is the one the run is started with. */
export type WalletOf = (node: FlatNode) => string | undefined

/**
 * With which wallet each node trades: an execution says so, and whoever's intents reach it trades with the same. Whose
 * intents reach several wallets is told: an order has one wallet.
 */
export function assignWallets(
  nodes: readonly FlatNode[],
  wires: readonly Wire[],
  wallets: NamedWallets,
  findings: Findings,
): WalletOf {
  const used = new Set<string>()
  for (const node of nodes) {
    const name = textOf(node.wallet?.value)
    if (name !== undefined) used.add(name)
    checkWallet(node, name, wallets, findings)
  }
  // A node that could not be read may have been the one to use a wallet.
  if (findings.errors === 0) reportUnused(wallets, used, findings)
  const reached = reachedExecutions(nodes, wires)
  for (const node of nodes) {
    const several = new Map((reached.get(node) ?? []).map(one => [textOf(one.wallet?.value), one]))
    if (several.size < 2 || node.kind === 'execution') continue
    const list = [...several].map(([name, { id }]) => `"${id}" with ${name === undefined ? "the run's own" : name}`)
    findings.add(node.keySpan, {
      code: 'CONFIG_WALLETS_SEVERAL',
      path: node.path,
      message: `the intents of "${node.id}" reach executions with several wallets: ${list.join(', ')}`,
      hint: 'an order has one wallet: give each a node of its own',
    })
  }
  return node => textOf(reached.get(node)?.[0]?.wallet?.value)
}

function checkWallet(node: FlatNode, name: string | undefined, wallets: NamedWallets, findings: Findings): void {
  const { wallet } = node
  if (!wallet) return
  const path = joinPath(node.path, 'wallet')
  if (node.kind !== 'execution') {
    const message = `"${node.id}" is a node of kind ${node.kind}, and only executions trade`
    const hint = 'write `wallet` at the execution that its intents reach'
    findings.add(wallet.keySpan, { code: 'CONFIG_WALLET_REFUSED', path, message, hint })
    return
  }
  if (name === undefined || wallets.entries.some(one => one.key === name)) return
  const message = `there is no wallet "${name}"`
  const hint = unknownWalletHint(name, wallets)
  findings.add(wallet.value.span, { code: 'CONFIG_WALLET_UNKNOWN', path, message, hint })
}

function reportUnused({ entries }: NamedWallets, used: ReadonlySet<string>, findings: Findings): void {
  for (const { key, keySpan } of entries) {
    if (used.has(key)) continue
    findings.add(keySpan, {
      code: 'CONFIG_WALLET_UNUSED',
      severity: 'warning',
      path: joinPath('wallets', key),
      message: `no execution trades with "${key}"`,
      hint: `write \`wallet: ${key}\` beside the \`with\` of one, or take it out`,
    })
  }
}

/** The executions that a node's intents can reach; an execution reaches itself. */
function reachedExecutions(
  nodes: readonly FlatNode[],
  wires: readonly Wire[],
): ReadonlyMap<FlatNode, readonly FlatNode[]> {
  const carriesIntents = ({ giver, taker }: Wire): boolean =>
    (giver.plugin?.definition.gives.includes('intent') ?? false) &&
    (taker.plugin?.definition.takes.includes('intent') ?? false) &&
    (taker.kind === 'order' || taker.kind === 'execution')
  const takersOf = Map.groupBy(wires.filter(carriesIntents), wire => wire.giver)
  const found = new Map<FlatNode, readonly FlatNode[]>()
  const from = (node: FlatNode, passed: ReadonlySet<FlatNode>): readonly FlatNode[] => {
    const known = found.get(node)
    if (known) return known
    if (node.kind === 'execution') return [node]
    // A circle is told where the nodes are put in order.
    const takers = (takersOf.get(node) ?? []).filter(({ taker }) => !passed.has(taker))
    return [...new Set(takers.flatMap(({ taker }) => from(taker, new Set([...passed, node]))))]
  }
  for (const node of nodes.toReversed()) found.set(node, from(node, new Set()))
  return found
}
