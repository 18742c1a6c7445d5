import { describe, expect, it } from 'vitest'
import { openCluster } from '../../../core/chain/cluster/cluster.ts'
import { diskFiles } from '../../../core/config/files.ts'
import { LOCAL_TOKENS } from '../../../core/localnet/market/tokens.ts'
import { SWAP_PROGRAM } from '../../../core/localnet/program/swap-program.ts'

describe('the localnet profile', () => {
  it('repeats the tokens and the program of the embedded chain', async () => {
    const directory = new URL('../../../configs/clusters', import.meta.url).pathname
    const { tokens, profile } = await openCluster('localnet', { files: diskFiles, directory })
    expect(tokens.tokens).toEqual(Object.values(LOCAL_TOKENS))
    expect(profile.programs?.['swap']).toBe(SWAP_PROGRAM)
  })
})
