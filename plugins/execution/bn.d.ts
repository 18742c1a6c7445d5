/** What we use of bn.js, which ships no types; the venue SDKs take and give its numbers. */
declare module 'bn.js' {
  class BN {
    constructor(value: number | string | BN, base?: number)
    toString(base?: number): string
    toNumber(): number
    isZero(): boolean
  }
  export default BN
}
