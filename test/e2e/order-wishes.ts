import { join } from 'node:path'
import { bindPipeline } from '../../core/app/bind-pipeline.ts'
import { processEnvironment } from '../../core/app/environment.ts'
import { findCluster } from '../../core/app/network/cluster-choice.ts'
import { askedFor } from '../../core/app/orders/asked-for.ts'
import { planOf } from '../../core/app/orders/order-plan.ts'
import { levelsOf, withPair } from '../../core/app/orders/order-wish.ts'
import type { OrderWish } from '../../core/app/orders/place-order.ts'
import { pluginVersion } from '../../core/app/run/plugin-version.ts'
import { ROOT } from './command.ts'

/** What `order-create` with these params asks of whoever holds the data directory. */
export async function orderWish(params: Readonly<Record<string, unknown>>): Promise<OrderWish> {
  const { tokens } = await findCluster('localnet')
  const given = withPair({ into: 'USDC', ...params }, tokens)
  const environment = processEnvironment()
  const file = join(ROOT, 'pipelines/order-create.yaml')
  const { pipeline, registry } = await bindPipeline({ file, params: given, set: [], tokens, environment })
  const plan = planOf(pipeline, {
    versionOf: plugin => pluginVersion(registry, plugin),
    withoutSecrets: value => value,
  })
  const intent = await askedFor(pipeline, tokens)
  return { type: String(params['type']), plan, intent, levels: levelsOf(given), force: true }
}
