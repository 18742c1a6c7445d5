import { expect, test } from 'vitest'
import { priceText } from './price-text.ts'

test.each([
  ['187.621694033284', '187.621694'],
  ['0.000020068912', '0.0000200689'],
  ['0.532987', '0.532987'],
  ['190', '190'],
  ['190.5', '190.5'],
])('%s is shown as %s', (price, shown) => {
  expect(priceText(price)).toBe(shown)
})
