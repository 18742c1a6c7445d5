import type { BoundNode } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { IntentEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import type { Logger, PluginContext } from '../../plugin/contract.ts'
import type { Services } from '../../plugin/services.ts'
import type { RunOptions } from '../options.ts'
import { Samples } from './samples.ts'

/** What a node's plugin counted and measured. */
export class NodeMetrics {
  readonly counts = new Map<string, number>()
  readonly timings = new Map<string, Samples>()

  count(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by)
  }

  timing(name: string, value_ms: number): void {
    let samples = this.timings.get(name)
    if (!samples) {
      samples = new Samples()
      this.timings.set(name, samples)
    }
    samples.add(value_ms)
  }
}

/** Everything a node's plugin may know of the world, and nothing else. */
export function contextFor(
  node: BoundNode,
  run: Pick<RunOptions, 'clock' | 'random' | 'mode' | 'log' | 'servicesFor' | 'stateFor'>,
  own: {
    signal: AbortSignal
    metrics: NodeMetrics
    report(report: Report): void
    finish(): void
    hold(intent: IntentEvent): void
  },
): PluginContext {
  return {
    id: node.id,
    config: node.config,
    mode: run.mode,
    clock: run.clock,
    random: run.random.fork(node.id),
    log: logOf(run.log, node.id),
    metrics: own.metrics,
    state: run.stateFor(node.id),
    signal: own.signal,
    services: guardServices(run.servicesFor(node), node),
    report: own.report,
    finish: own.finish,
    hold: own.hold,
  }
}

/** The services that the definition declares; asking for another throws, at once and by name. */
function guardServices(services: Services, node: BoundNode): Services {
  const needs: readonly string[] = node.plugin.needs ?? []
  return new Proxy(services, {
    get(target, name, receiver) {
      if (typeof name === 'string' && !needs.includes(name)) {
        throw new ForgeError('PLUGIN_SERVICE_UNDECLARED', {
          message: `${node.id}: the plugin ${node.plugin.kind}/${node.plugin.name} uses the service "${name}" without declaring it`,
          remedy: `Add "${name}" to \`needs\` of the plugin.`,
          context: { node: node.id, service: name },
        })
      }
      return Reflect.get(target, name, receiver)
    },
  })
}

function logOf(log: Logger, node: string): Logger {
  return {
    debug: (message, fields) => log.debug(message, { node, ...fields }),
    info: (message, fields) => log.info(message, { node, ...fields }),
    warn: (message, fields) => log.warn(message, { node, ...fields }),
    error: (message, fields) => log.error(message, { node, ...fields }),
  }
}
