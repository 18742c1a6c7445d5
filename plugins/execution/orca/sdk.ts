import { registerHooks } from 'node:module'

/**
 * The Orca SDK, loaded as it is published: its common-sdk asks for `@noble/hashes/sha256` without declaring the
 * package, and finds whichever major the installation happens to have on top. From 1.8 on the same function stands in
 * `sha2.js` in every major, so this one import is sent there while the SDK loads.
 */
const hooks = registerHooks({
  resolve(specifier, context, nextResolve) {
    const isUndeclared =
      specifier === '@noble/hashes/sha256' && context.parentURL?.includes('/@orca-so/common-sdk/') === true
    return nextResolve(isUndeclared ? '@noble/hashes/sha2.js' : specifier, context)
  },
})
const sdk = await import('@orca-so/whirlpools-sdk').finally(() => hooks.deregister())

export const {
  ORCA_SUPPORTED_TICK_SPACINGS,
  ParsableOracle,
  ParsableTickArray,
  ParsableWhirlpool,
  PDAUtil,
  PoolUtil,
  SwapUtils,
  swapQuoteWithParams,
  TICK_ARRAY_SIZE,
  WHIRLPOOL_IDL,
  WhirlpoolIx,
} = sdk
