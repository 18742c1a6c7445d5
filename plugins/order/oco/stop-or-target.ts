import { ForgeError, type Wait, type WaitContext } from '../../../core/index.ts'

/**
 * What the two legs wait for: the leg's name says which it is.
 *
 * @throws TERMS_INVALID when the two stand on the wrong sides of each other
 */
export function stopOrTarget({ terms, price, side }: WaitContext): Wait {
  const [stop, target] = [price('stop'), price('target')]
  const isSale = side === 'sell'
  if (isSale ? stop >= target : stop <= target) {
    throw new ForgeError('TERMS_INVALID', {
      message: `the stop is not ${isSale ? 'below' : 'above'} the target`,
      remedy: 'The stop stands where the price must not go, the target where it should.',
    })
  }
  return terms['leg'] === 'stop'
    ? { trigger: { kind: isSale ? 'at-or-below' : 'at-or-above', price: stop }, upTo: true }
    : { trigger: { kind: isSale ? 'at-or-above' : 'at-or-below', price: target }, upTo: true }
}
