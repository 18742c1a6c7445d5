import { codeTable } from '../exit-code.ts'

/** Orders and their state machine. */
export const ORDER_CODES = codeTable({
  ORDER_MOVE_ILLEGAL: {
    exit: 1,
    meaning: 'An order was asked to make a move its state does not allow.',
    remedy: 'This is a defect: please report it.',
  },
})
