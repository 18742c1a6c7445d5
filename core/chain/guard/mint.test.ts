import { expect, test } from 'vitest'
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from './expectation.ts'
import { checkMint } from './mint.ts'

/** A Token-2022 mint with extensions: 165 bytes, the account type, then type, length and value of each. */
function mint(...extensions: readonly (readonly [type: number, value: Uint8Array])[]) {
  const parts = extensions.flatMap(([type, value]) => [
    type & 0xff,
    type >> 8,
    value.length & 0xff,
    value.length >> 8,
    ...value,
  ])
  return {
    lamports: 1n,
    owner: TOKEN_2022_PROGRAM,
    data: Uint8Array.from([...new Uint8Array(165), 1, ...parts, 0, 0, 0, 0]),
  }
}

const program = new Uint8Array(64).fill(9)

test.each([
  ['a transfer hook', 14, program],
  ['a permanent delegate', 12, new Uint8Array(32).fill(1)],
  ['non-transferable tokens', 9, new Uint8Array()],
  ['a default account state', 6, Uint8Array.of(2)],
])('a mint with %s is refused, wherever the extension stands', (danger, type, value) => {
  const fee: readonly [number, Uint8Array] = [1, new Uint8Array(108)]
  for (const extensions of [[[type, value]], [fee, [type, value]]] as const) {
    expect(checkMint('M', mint(...(extensions as readonly (readonly [number, Uint8Array])[])))?.message).toContain(
      danger,
    )
  }
})

test('a transfer fee is a cost, not a danger; a hook without a program does nothing', () => {
  expect(checkMint('M', mint([1, new Uint8Array(108)]))).toBeUndefined()
  expect(checkMint('M', mint([14, new Uint8Array(64)]))).toBeUndefined()
})

test('a mint that was accepted by name is let through, and one that does not exist is not', () => {
  expect(checkMint('M', mint([14, program]), new Set(['M']))).toBeUndefined()
  expect(checkMint('M', undefined)).toMatchObject({ rule: 'mint' })
  expect(checkMint('M', { lamports: 1n, owner: TOKEN_PROGRAM, data: new Uint8Array(82) })).toBeUndefined()
})
