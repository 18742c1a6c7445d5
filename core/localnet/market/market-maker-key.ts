import { type DerivedKey, derivedKey } from '../derived-key.ts'

let key: DerivedKey | undefined

/** The wallet that moves the market's price. */
export function marketMakerKey(): DerivedKey {
  key ??= derivedKey('market maker')
  return key
}
