import { describe, expect, it } from 'vitest'
import { BUILT_IN_PLUGINS } from '../../../core/app/builtin-plugins.ts'
import { priceFromNumber } from '../../../core/money/price.ts'
import { checkPlugin } from '../../../core/testing/index.ts'

/** Prices at which the mocked trader fills, whatever the pair. */
const services = {
  priceOf: (input: Parameters<typeof price>[0], output: Parameters<typeof price>[1]) => price(input, output),
}

function price(
  input: Parameters<typeof priceFromNumber>[0]['base'],
  output: Parameters<typeof priceFromNumber>[0]['base'],
) {
  return priceFromNumber({ base: output, quote: input }, 150)
}

describe.each(BUILT_IN_PLUGINS.map(definition => [`${definition.kind}/${definition.name}`, definition] as const))(
  '%s',
  (_name, definition) => {
    it.each(definition.examples.map(example => [example.title, example] as const))(
      'keeps the contract: %s',
      async (_title, example) => {
        const results = await checkPlugin(definition, { with: example.with, services })
        expect(results.filter(({ ok }) => !ok)).toEqual([])
      },
    )
  },
)
