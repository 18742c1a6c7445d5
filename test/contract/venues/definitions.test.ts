import { describe, expect, it, test } from 'vitest'
import type { AccountReader, ClusterInfo, Token } from '../../../core/index.ts'
import { priceFromNumber } from '../../../core/money/price.ts'
import { checkPlugin, mockServices, testClock } from '../../../core/testing/index.ts'
import orca from '../../../plugins/execution/orca/index.ts'
import raydium from '../../../plugins/execution/raydium/index.ts'
import { keepingLog } from './chain/keeping-log.ts'
import { AMM_V4, CLMM, CPMM, WHIRLPOOL } from './chain/programs.ts'

const programs = {
  orcaWhirlpool: WHIRLPOOL,
  orcaConfig: '2LecshUwdy9xi7meFgHtFJQNSKk4KdTrcpvaB56dP2NQ',
  raydiumAmmV4: AMM_V4,
  raydiumCpmm: CPMM,
  raydiumClmm: CLMM,
}

/** A chain on which these accounts exist, and nothing is in them. */
function chainWith(present: readonly string[]): AccountReader {
  const accountOf = (address: string) =>
    present.includes(address)
      ? { address, owner: 'BPFLoaderUpgradeab1e11111111111111111111111', lamports: 1n, data: new Uint8Array() }
      : undefined
  return {
    many: async addresses => ({ slot: 1, accounts: addresses.map(accountOf) }),
    program: async () => ({ slot: 1, accounts: [] }),
  }
}

describe.each([orca, raydium])('execution/$name', definition => {
  it.each(definition.examples.map(example => [example.title, example] as const))(
    'keeps the contract: %s',
    async (_title, example) => {
      const priceOf = (input: Token, output: Token) => priceFromNumber({ base: output, quote: input }, 150)
      const replace = { accounts: chainWith(Object.values(programs)) }
      const services = { priceOf, replace, cluster: { programs } }
      const results = await checkPlugin(definition, { with: example.with, services })
      expect(results.filter(({ ok }) => !ok)).toEqual([])
    },
  )

  const open = (cluster: Partial<ClusterInfo>, present: readonly string[]) => {
    const clock = testClock()
    const services = mockServices({ clock, cluster, replace: { accounts: chainWith(present) } }).for('swap')
    const config = { slippageBps: 50, priorityFee: 0, concurrency: 1, pools: [] }
    return definition.venue!({ config, clock, log: keepingLog(), services })
  }

  it('says that its program is not on the cluster, and how to bring it', async () => {
    await expect(open({ programs }, [])).rejects.toMatchObject({
      code: 'VENUE_UNAVAILABLE',
      remedy: expect.stringContaining('sniperforge localnet clone'),
    })
  })

  it('says that the cluster profile does not name its program', async () => {
    await expect(open({}, Object.values(programs))).rejects.toMatchObject({
      code: 'VENUE_UNAVAILABLE',
      message: expect.stringContaining('names no'),
    })
  })
})

test('Raydium opens with the programs that are there', async () => {
  const clock = testClock()
  const accounts = chainWith([CPMM])
  const services = mockServices({ clock, cluster: { programs }, replace: { accounts } }).for('swap')
  const config = { slippageBps: 50, priorityFee: 0, concurrency: 1, pools: [] }
  await expect(raydium.venue!({ config, clock, log: keepingLog(), services })).resolves.toMatchObject({
    name: 'raydium',
  })
})
