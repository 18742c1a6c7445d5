import { derivedKey } from '../../derived-key.ts'
import { FIRST_SLOT, SLOT_MS, SLOTS_PER_EPOCH } from '../../ledger/slots.ts'
import { assertMinContextSlot, bankFor, type Method, type RpcContext, withContext } from '../method.ts'
import { commitmentOf, configAt, numberAt, stringAt, wholeNumber } from '../params.ts'
import { invalidParams, RpcError } from '../rpc-error.ts'

const BLOCKS_MAX = 500_000
const LEADERS_MAX = 5_000
const SAMPLES_MAX = 720
const SAMPLE_S = 60
/** One node leads every slot here. */
export const LEADER = derivedKey('leader').address

export const SLOT_METHODS: Readonly<Record<string, Method>> = {
  getSlot: (context, params) => bankFor(context, configAt(params, 0)).slot,
  getBlockHeight: (context, params) => bankFor(context, configAt(params, 0)).height,
  getFirstAvailableBlock: context => context.ledger.transactions.firstKeptSlot,
  minimumLedgerSlot: context => context.ledger.transactions.firstKeptSlot,
  getTransactionCount: context => context.ledger.transactions.count,

  getLatestBlockhash(context, params) {
    const bank = bankFor(context, configAt(params, 0))
    return withContext(bank.slot, { blockhash: bank.blockhash, lastValidBlockHeight: bank.height + 150 })
  },

  isBlockhashValid(context, params) {
    const blockhash = stringAt(params, 0, 'a blockhash')
    const bank = bankFor(context, configAt(params, 1))
    return withContext(bank.slot, context.ledger.slots.slotOfRecentHash(blockhash, bank.slot) !== undefined)
  },

  getEpochInfo(context, params) {
    const bank = bankFor(context, configAt(params, 0))
    return {
      absoluteSlot: bank.slot,
      blockHeight: bank.height,
      epoch: context.ledger.slots.epochOf(bank.slot),
      slotIndex: bank.slot % SLOTS_PER_EPOCH,
      slotsInEpoch: SLOTS_PER_EPOCH,
      transactionCount: context.ledger.transactions.count,
    }
  },

  getEpochSchedule: () => ({
    firstNormalEpoch: 0,
    firstNormalSlot: 0,
    leaderScheduleSlotOffset: SLOTS_PER_EPOCH,
    slotsPerEpoch: SLOTS_PER_EPOCH,
    warmup: false,
  }),

  getBlockTime(context, params) {
    const slot = numberAt(params, 0, 'a slot')
    assertBlockExists(context, slot, context.ledger.slot())
    return context.ledger.slots.unixTimeOf(slot)
  },

  getBlocks(context, params) {
    const from = numberAt(params, 0, 'a slot')
    const hasEnd = typeof params[1] === 'number'
    const newest = context.ledger.slotOf(commitmentOf(configAt(params, hasEnd ? 2 : 1)))
    const to = hasEnd ? Math.min(numberAt(params, 1, 'a slot'), newest) : newest
    if (to - from > BLOCKS_MAX) throw invalidParams(`Slot range too large; max ${BLOCKS_MAX}`)
    return range(Math.max(from, context.ledger.transactions.firstKeptSlot), to)
  },

  getBlocksWithLimit(context, params) {
    const from = Math.max(numberAt(params, 0, 'a slot'), context.ledger.transactions.firstKeptSlot)
    const limit = numberAt(params, 1, 'a limit')
    if (limit > BLOCKS_MAX) throw invalidParams(`Limit too large; max ${BLOCKS_MAX}`)
    return range(from, Math.min(from + limit - 1, context.ledger.slotOf(commitmentOf(configAt(params, 2)))))
  },

  getSlotLeader: (context, params) => {
    assertMinContextSlot(context.ledger.slot(), configAt(params, 0))
    return LEADER
  },

  getSlotLeaders(_context, params) {
    numberAt(params, 0, 'a slot')
    const limit = wholeNumber(params[1], 'a limit')
    if (limit < 1 || limit > LEADERS_MAX) throw invalidParams(`Invalid limit; max ${LEADERS_MAX}`)
    return Array.from({ length: limit }, () => LEADER)
  },

  getRecentPerformanceSamples(context, params) {
    const limit = params[0] === undefined || params[0] === null ? SAMPLES_MAX : numberAt(params, 0, 'a limit')
    if (limit > SAMPLES_MAX) throw invalidParams(`Invalid limit; max ${SAMPLES_MAX}`)
    return performanceSamples(context, limit)
  },
}

/** Newest first, a minute each: slots are as many as the clock says, transactions are those still known. */
function performanceSamples(context: RpcContext, limit: number): object[] {
  const slotsPerSample = (SAMPLE_S * 1_000) / SLOT_MS
  const samples: object[] = []
  const oldest = Math.max(FIRST_SLOT, context.ledger.transactions.firstKeptSlot)
  for (
    let end = context.ledger.slot();
    samples.length < limit && end - slotsPerSample >= oldest;
    end -= slotsPerSample
  ) {
    const numTransactions = context.ledger.transactions.countBetween(end - slotsPerSample + 1, end)
    samples.push({
      slot: end,
      numSlots: slotsPerSample,
      numTransactions,
      numNonVoteTransactions: numTransactions,
      samplePeriodSecs: SAMPLE_S,
    })
  }
  return samples
}

/** Throws what a node answers for a slot whose block it doesn't have. */
export function assertBlockExists(context: RpcContext, slot: number, newest: number): void {
  if (slot > newest) throw new RpcError('blockNotAvailable', `Block not available for slot ${slot}`)
  if (slot < FIRST_SLOT) {
    throw new RpcError('slotSkipped', `Slot ${slot} was skipped, or missing due to ledger jump to recent snapshot`)
  }
  const first = context.ledger.transactions.firstKeptSlot
  if (slot < first) {
    throw new RpcError(
      'blockCleanedUp',
      `Block ${slot} cleaned up, does not exist on node. First available block: ${first}`,
    )
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}
