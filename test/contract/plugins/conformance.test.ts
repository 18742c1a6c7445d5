import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { BUILT_IN_PLUGINS } from '../../../core/app/builtin-plugins.ts'
import { parseAmount } from '../../../core/money/amount.ts'
import { priceFromNumber } from '../../../core/money/price.ts'
import type { AccountReader } from '../../../core/plugin/services.ts'
import type { MockServicesOptions } from '../../../core/testing/index.ts'
import { checkPlugin, testTokens } from '../../../core/testing/index.ts'
import { fixedVenues, quietFeed } from './price-services.ts'

const profile = join(import.meta.dirname, '../../../configs/clusters/mainnet-beta.yaml')
const { programs } = parse(readFileSync(profile, 'utf8')) as { programs: Record<string, string> }

/** Some ask every two seconds: what they do in a few hours they do all day. */
const SOURCE_WATCHED_MS = 4 * 3_600_000
const LOADER = 'BPFLoaderUpgradeab1e11111111111111111111111'

/** A chain that has the venues' programs, and no pool of theirs. */
const emptyChain: AccountReader = {
  many: async addresses => ({
    slot: 1,
    accounts: addresses.map(address =>
      Object.values(programs).includes(address)
        ? { address, lamports: 1n, owner: LOADER, data: new Uint8Array(36) }
        : undefined,
    ),
  }),
  program: async () => ({ slot: 1, accounts: [] }),
}
const services: Omit<MockServicesOptions, 'clock'> = {
  cluster: { programs: { ...programs, swap: programs['jupiter']! } },
  priceOf: (input, output) => priceFromNumber({ base: output, quote: input }, 150),
  wallet: ['1000000 USDC', '10000 SOL', '1000000 BONK'].map(text => parseAmount(text, testTokens())),
  replace: { accounts: emptyChain, venues: fixedVenues, subscriptions: quietFeed },
}

const examples = BUILT_IN_PLUGINS.flatMap(definition =>
  definition.examples.map(
    example => [`${definition.kind}/${definition.name}`, example.title, definition, example] as const,
  ),
)

describe('the contract', () => {
  it.each(examples)('is kept by %s: %s', async (_name, _title, definition, example) => {
    const watched = definition.kind === 'source' ? { duration_ms: SOURCE_WATCHED_MS } : {}
    const results = await checkPlugin(definition, { with: example.with, services, ...watched })
    expect(results.filter(({ ok }) => !ok)).toEqual([])
  })
})
