import { codeTable } from '../exit-code.ts'

/** Orders: their state machine, and why one was not traded. */
export const ORDER_CODES = codeTable({
  ORDER_MOVE_ILLEGAL: {
    exit: 1,
    meaning: 'An order was asked to make a move its state does not allow.',
    remedy: 'This is a defect: please report it.',
  },
  ORDER_UNKNOWN: {
    exit: 2,
    meaning: 'The journal has no order of that id.',
    remedy: 'See `sniperforge orders list`.',
  },
  ORDER_ARMED: {
    exit: 1,
    meaning: 'An order that waits for its trigger was given to an execution.',
    remedy: 'Keep the order node between its strategy and the execution, or cancel the order first.',
  },
  ORDER_CANCELLED: {
    exit: 1,
    meaning: 'An order was cancelled by a person before anything of it was sent.',
    remedy: 'Make it again when you want it back.',
  },
  ORDER_WRONG_SIDE: {
    exit: 2,
    meaning: 'A trigger is on the wrong side of the market: the order would trade at once.',
    remedy: 'Give another price; --force makes the order all the same.',
  },
  ORDER_TOO_LARGE: {
    exit: 2,
    meaning: 'An order gives more than the wallet has.',
    remedy: 'Give a smaller --size, or fund the wallet; --force makes the order all the same.',
  },
  ORDER_PRICE_MISSING: {
    exit: 75,
    meaning: 'No price came that an order could be held against.',
    remedy: 'Check that the pair has a pool on this cluster, or try again.',
  },
  TRADING_STOPPED: {
    exit: 75,
    meaning: 'Trading of this data directory was stopped by `sniperforge panic`.',
    remedy: 'When it may go on: `sniperforge panic --clear` on the same data directory.',
  },
  BUDGET_OVER_WALLET: {
    exit: 78,
    meaning: 'The budgets of the strategies together are more than the wallet has.',
    remedy: 'Fund the wallet, or give smaller budgets.',
  },
  BUDGET_CLAIMED: {
    exit: 1,
    meaning: 'A trade would spend what belongs to the budget of another strategy, or sell what that has bought.',
    remedy: 'Trade less, fund the wallet, or give that strategy a smaller budget.',
  },
  TERMS_INVALID: {
    exit: 78,
    meaning: 'What an order is to wait for is not understood.',
    remedy: 'Correct the settings of the order node, or the terms of the intent.',
  },
  SIZE_INVALID: {
    exit: 78,
    meaning: 'The size of an order is neither an amount of what is traded nor a share of a holding.',
    remedy: 'Write it as in 0.5 SOL or 50%.',
  },
  HOLDINGS_UNKNOWN: {
    exit: 75,
    meaning: 'What the wallet holds can not be told, so neither can a share of it.',
    remedy: 'Check the connection; the order goes on waiting meanwhile.',
  },
  ORDER_SIGNATURE_TAKEN: {
    exit: 1,
    meaning: 'Another order already has a transaction with this signature.',
    remedy: 'This is a defect: please report it.',
  },
  ORDER_PARTLY_FILLED: {
    exit: 1,
    meaning: 'Some transactions of an order have landed, and the rest of it could not be traded.',
    remedy: 'The fill says what was traded, the reason why not all; a later order may trade the rest.',
  },
  ORDER_EXPIRED: {
    exit: 1,
    meaning: 'An order was not confirmed before its time ran out.',
    remedy: 'Nothing was spent; a later intent may try again.',
  },
  ORDER_ATTEMPT_LOST: {
    exit: 1,
    meaning: 'Nobody can say whether a transaction landed.',
    remedy: 'Look the signature up in an explorer. The next start with the same data directory asks the chain again.',
  },
  ORDER_INTERRUPTED: {
    exit: 130,
    meaning: 'The run ended before the order did.',
    remedy: 'Start again with the same data directory: the order is taken up where it was.',
  },
  ORDER_ABANDONED: {
    exit: 1,
    meaning: 'The run that asked for an order ended before it was traded, and nothing asks for it any more.',
    remedy: 'Ask for it again if you still want it.',
  },
  TRIGGER_INVALID: {
    exit: 78,
    meaning: 'What an order waits for can not be meant: it could never fire, or fires whatever the price.',
    remedy: 'Give a trigger, offset or confirmation within its range.',
  },
  CONDITION_INVALID: {
    exit: 78,
    meaning: 'The condition of an order is not one: the place is under the caret.',
    remedy: 'See `plugins show conditional` for what a condition may say.',
  },
  PRICE_ABOVE_BOUND: {
    exit: 1,
    meaning: 'The price to pay is above the bound that was set.',
    remedy: 'Raise the bound, or wait for a lower price.',
  },
  PRICE_BELOW_BOUND: {
    exit: 1,
    meaning: 'The price to get is below the bound that was set.',
    remedy: 'Lower the bound, or wait for a higher price.',
  },
  PRICE_UNSTEADY: {
    exit: 1,
    meaning: 'The price moves too fast to be held within its bound.',
    remedy: 'Widen the bound, or wait for a calmer market.',
  },
  FUNDS_INSUFFICIENT: {
    exit: 1,
    meaning: 'The wallet does not hold what the trade needs.',
    remedy: 'Fund the wallet, or trade less.',
  },
  ROUTE_NOT_FOUND: {
    exit: 1,
    meaning: 'The venue has no route of that size.',
    remedy: 'Trade less, allow another venue, or check the token.',
  },
  QUOTE_STALE: {
    exit: 1,
    meaning: 'Every quote was too old by the time it could be signed.',
    remedy: 'Allow older quotes (quoteAgeMax), or use a faster endpoint.',
  },
  SLIPPAGE_EXCEEDED: {
    exit: 1,
    meaning: 'The price moved further than the allowed slippage.',
    remedy: 'Allow more slippage (slippageBps), or trade less at once.',
  },
  TRANSACTION_REFUSED: {
    exit: 1,
    meaning: 'The chain refuses the transaction.',
    remedy: 'Read the reason the program gives.',
  },
  VENUE_FAILED: {
    exit: 75,
    meaning: 'The venue could not quote or build the trade.',
    remedy: 'Try again later, or allow another venue.',
  },
})
