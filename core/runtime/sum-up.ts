import type { NodeGraph } from './graph.ts'
import type { RunResult } from './result.ts'

/** How a run went, and what its nodes counted and measured. */
export function sumUp(
  graph: NodeGraph,
  run: Omit<RunResult, 'nodes' | 'metrics' | 'timing'> & { readonly wall_ms: number },
): RunResult {
  const { wall_ms, failure, errors, left, ...how } = run
  const measured = graph.all.flatMap(({ id, metrics }) =>
    [...metrics.timings].map(([name, samples]) => [`${id}/${name}`, samples.percentiles()!] as const),
  )
  return {
    ...how,
    nodes: graph.perNode(runner => runner.counts()),
    metrics: graph.perNode(({ metrics }) => (metrics.counts.size > 0 ? Object.fromEntries(metrics.counts) : undefined)),
    ...(failure && { failure }),
    errors,
    left,
    timing: {
      wall_ms,
      process: graph.perNode(({ samples }) => samples.percentiles()),
      measured: Object.fromEntries(measured),
    },
  }
}
