/** Characters a file may have: a pipeline of a thousand nodes has a tenth of it. */
export const MAX_BYTES = 256 * 1024
/** Levels a file may nest, aliases followed. */
export const MAX_DEPTH = 40
/** Values all aliases of a file may stand for together. */
export const MAX_ALIASED = 20_000
