import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyValue, decodeValue, encodeValue } from './value-codec.ts'

const written = (value: unknown): unknown => {
  const text = encodeValue(value) as string | undefined
  return text === undefined ? undefined : decodeValue(text)
}

describe('a written value', () => {
  it('is read with every bigint, however deep, and whatever its fields are called', () => {
    const json = fc.letrec(tie => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constant(null),
        fc.boolean(),
        fc.string(),
        fc.bigInt(),
        fc.integer(),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    })).value
    fc.assert(
      fc.property(json, value => {
        expect(decodeValue(encodeValue(value))).toEqual(value)
      }),
    )
    const odd = JSON.parse('{"__proto__": {"$bigint": "7"}, "toString": [{"$bigint": "8"}]}')
    expect(Object.entries(decodeValue<object>(JSON.stringify(odd)))).toEqual([
      ['__proto__', 7n],
      ['toString', [8n]],
    ])
  })
})

describe('a copied value', () => {
  it('is what writing and reading it gives, whatever it is', () => {
    const values = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withBoxedValues: true,
      withSparseArray: true,
      withTypedArray: true,
    })
    fc.assert(
      fc.property(values, value => {
        expect(copyValue(value)).toEqual(written(value))
        expect(JSON.stringify(Object(copyValue({ value }).value).constructor?.name)).toBe(
          JSON.stringify(Object((written({ value }) as { value: unknown }).value).constructor?.name),
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('shares nothing with the original', () => {
    const value = { list: [{ units: 5n }] }
    const copy = copyValue(value)
    value.list[0]!.units = 6n
    expect(copy).toEqual({ list: [{ units: 5n }] })
  })

  it('of what has no end, or can not be written, is refused as writing it is', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    expect(() => copyValue(circle)).toThrow(TypeError)
    expect(copyValue({ at: Number.NaN, none: undefined, list: [undefined, Number.POSITIVE_INFINITY] })).toEqual({
      at: null,
      list: [null, null],
    })
    expect(copyValue({ $bigint: '5' })).toBe(5n)
  })
})
