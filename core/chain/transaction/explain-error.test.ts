import { describe, expect, it } from 'vitest'
import { explainTransactionError } from './explain-error.ts'

const custom = (code: number): unknown => ({ InstructionError: [2, { Custom: code }] })

describe('a failed transaction', () => {
  it.each([
    ['Jupiter and the embedded market', custom(6001), []],
    ['Orca', custom(6036), ['Program log: AnchorError. Error Code: AmountOutBelowMinimum. Error Number: 6036.']],
    ['Raydium AMM', custom(30), ['Program log: Error: exceeds desired slippage limit']],
    ['Raydium CLMM', custom(6022), ['Program log: Error Code: TooLittleOutputReceived']],
  ])('is slippage when %s says so', (_name, error, logs) => {
    expect(explainTransactionError(error, logs).code).toBe('SLIPPAGE_EXCEEDED')
  })

  it.each([
    ['a token account', custom(1), ['Program log: Error: insufficient funds']],
    ['the fee', 'InsufficientFundsForFee', []],
    ['rent', { InsufficientFundsForRent: { account_index: 0 } }, []],
    ['lamports', custom(1), ['Transfer: insufficient lamports 10, need 20']],
  ])('is a lack of funds for %s', (_name, error, logs) => {
    expect(explainTransactionError(error, logs).code).toBe('FUNDS_INSUFFICIENT')
  })

  it('else names the error and the program that failed first', () => {
    const logs = [
      'Program Outer invoke [1]',
      'Program Inner failed: custom program error: 0x7',
      'Program Outer failed: x',
    ]
    expect(explainTransactionError(custom(7), logs)).toEqual({
      code: 'TRANSACTION_REFUSED',
      message: 'the chain refuses the transaction: error 7 (program Inner)',
    })
    expect(explainTransactionError('BlockhashNotFound', []).message).toContain('BlockhashNotFound')
    expect(explainTransactionError({ InstructionError: [0, 'InvalidAccountData'] }, []).message).toContain(
      'InvalidAccountData',
    )
  })
})
