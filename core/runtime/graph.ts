import type { BoundNode } from '../config/bound-pipeline.ts'
import { NodeRunner } from './node/node-runner.ts'
import type { RunHub } from './run-hub.ts'

/** The nodes of a run, each wired behind its givers. */
export class NodeGraph {
  /** In topological order. */
  readonly all: readonly NodeRunner[]
  readonly #byId = new Map<string, NodeRunner>()

  /**
   * @param nodes in topological order
   * @param backlog events that a node takes from givers which can not wait
   */
  constructor(nodes: readonly BoundNode[], hub: RunHub<NodeRunner>, backlog: number) {
    this.all = nodes.map(node => {
      const runner = new NodeRunner(node, hub, backlog)
      for (const id of node.from) runner.follow(this.get(id))
      this.#byId.set(node.id, runner)
      return runner
    })
  }

  /** @throws RangeError for an unknown node */
  get(id: string): NodeRunner {
    const runner = this.#byId.get(id)
    if (!runner) throw new RangeError(`the pipeline has no node "${id}" before the one that names it`)
    return runner
  }

  /** By node id, in topological order; nodes without a value are left out. */
  perNode<Value>(of: (runner: NodeRunner) => Value | undefined): Record<string, Value> {
    const values: Record<string, Value> = {}
    for (const runner of this.all) {
      const value = of(runner)
      if (value !== undefined) values[runner.id] = value
    }
    return values
  }

  /** The nodes that an event of the first passes on its way to the second, which is not among them. */
  between(from: string, to: { readonly id: string }): readonly NodeRunner[] {
    const reached = new Set([from])
    for (const { id, node } of this.all) if (node.from.some(giver => reached.has(giver))) reached.add(id)
    const leading = new Set([to.id])
    for (const { id, node } of this.all.toReversed())
      if (leading.has(id)) for (const giver of node.from) leading.add(giver)
    return this.all.filter(({ id }) => id !== to.id && reached.has(id) && leading.has(id))
  }
}
