import { describe, expect, test } from 'vitest'
import { addressBytes } from '../address-text.ts'
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../guard/expectation.ts'
import { mintFacts } from './mint-facts.ts'

const OWNER = 'So11111111111111111111111111111111111111112'

function mint(of: {
  mintAuthority?: string
  freezeAuthority?: string
  extensions?: readonly [number, number][]
}): Uint8Array {
  const size = of.extensions ? 166 + of.extensions.reduce((sum, [, length]) => sum + 4 + length, 0) : 82
  const data = new Uint8Array(size)
  const view = new DataView(data.buffer)
  const put = (at: number, address: string | undefined): void => {
    if (address === undefined) return
    view.setUint32(at, 1, true)
    data.set(addressBytes(address), at + 4)
  }
  put(0, of.mintAuthority)
  view.setBigUint64(36, 1_000_000n, true)
  data[44] = 6
  data[45] = 1
  put(46, of.freezeAuthority)
  if (!of.extensions) return data
  data[165] = 1
  let at = 166
  for (const [type, length] of of.extensions) {
    view.setUint16(at, type, true)
    view.setUint16(at + 2, length, true)
    at += 4 + length
  }
  return data
}

const account = (owner: string, data: Uint8Array) => ({ owner, data, lamports: 1n })

describe('what a mint says of its token', () => {
  test('who can make more of it and who can freeze it', () => {
    expect(mintFacts(account(TOKEN_PROGRAM, mint({ mintAuthority: OWNER })))).toEqual({
      program: 'spl-token',
      decimals: 6,
      supply: 1_000_000n,
      mintAuthority: OWNER,
      freezeAuthority: undefined,
      extensions: [],
    })
    expect(mintFacts(account(TOKEN_PROGRAM, mint({ freezeAuthority: OWNER })))?.freezeAuthority).toBe(OWNER)
  })

  test('every extension of Token-2022, known or not', () => {
    const data = mint({
      extensions: [
        [12, 32],
        [1, 108],
        [99, 3],
      ],
    })
    expect(mintFacts(account(TOKEN_2022_PROGRAM, data))?.extensions).toEqual([
      'a permanent delegate, who can take them from any account',
      'a transfer fee',
      'extension 99',
    ])
  })

  test.each([
    ['nothing', undefined],
    ['an account of another program', account(OWNER, mint({}))],
    ['too few bytes', account(TOKEN_PROGRAM, new Uint8Array(40))],
    ['a mint that was never made', account(TOKEN_PROGRAM, new Uint8Array(82))],
    ['a token account', account(TOKEN_PROGRAM, new Uint8Array(165).fill(2))],
  ])('%s is no mint', (_, given) => {
    expect(mintFacts(given)).toBeUndefined()
  })
})
