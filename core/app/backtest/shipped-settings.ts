import { existsSync } from 'node:fs'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { diskFiles } from '../../config/files.ts'
import { readPipelineInterface } from '../../config/interface.ts'
import { packageFile } from '../package-root.ts'
import type { BacktestRequest } from './backtest-request.ts'

/** Settings that nobody gave. */
export interface ShippedSettings {
  /** The file, from the package's root. */
  readonly config: string
}

/** The shipped settings of a strategy, where a pipeline needs a `config` for its `type` and none was given. */
export async function shippedSettings({ file, params }: BacktestRequest): Promise<ShippedSettings | undefined> {
  const { type } = params
  if (params['config'] !== undefined || typeof type !== 'string' || !/^[\w-]+$/.test(type)) return undefined
  const { pipeline } = await readPipelineInterface(file, diskFiles)
  const isNeeded = pipeline?.params.some(({ name, required }) => name === 'config' && required) === true
  const config = `configs/strategies/${type}.json`
  return isNeeded && existsSync(packageFile(config)) ? { config } : undefined
}

/**
 * The pipeline without the time that shipped settings give a strategy: they end a run on localnet that somebody watches,
 * and here the data end it. What a user wrote is kept to as it would be live, a `--set duration` beside them as well.
 *
 * @returns the pipeline, and each time that it was relieved of, as in `momentum: 5d`
 */
export function withoutShippedDuration(
  pipeline: BoundPipeline,
  { set }: Pick<BacktestRequest, 'set'>,
): { readonly pipeline: BoundPipeline; readonly leftOut: readonly string[] } {
  if (set.some(text => text.split('=')[0]!.trim() === 'duration')) return { pipeline, leftOut: [] }
  const leftOut: string[] = []
  const nodes = pipeline.nodes.map(node => {
    const { duration, ...config } = node.config as { readonly duration?: unknown }
    if (node.kind !== 'strategy' || typeof duration !== 'string') return node
    leftOut.push(`${node.id}: ${duration}`)
    return { ...node, config: Object.freeze(config) }
  })
  return { pipeline: leftOut.length > 0 ? { ...pipeline, nodes } : pipeline, leftOut }
}
