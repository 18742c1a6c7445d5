import { COMMITMENT_LAG_SLOTS, type Commitment } from '../ledger/slots.ts'
import type { LandedTransaction } from '../ledger/transactions.ts'
import { accountViewOf, encodeAccount } from '../rpc/account-encoding.ts'
import { accountFilters } from '../rpc/account-filter.ts'
import { withContext } from '../rpc/method.ts'
import { addressAt, addressOf, type Config, commitmentOf, configAt, flag, signatureOf } from '../rpc/params.ts'
import { invalidParams } from '../rpc/rpc-error.ts'
import type { Subscription, SubscriptionHooks } from './subscription.ts'

/** What each `…Subscribe` method starts. */
export const SUBSCRIBE_METHODS: Readonly<Record<string, (params: readonly unknown[]) => SubscriptionHooks>> = {
  slotSubscribe: () => ({
    notification: 'slotNotification',
    begin: subscription => announceNextSlot(subscription),
  }),

  signatureSubscribe(params) {
    const signature = signatureOf(params[0])
    const config = configAt(params, 1)
    const commitment = commitmentOf(config)
    const tellsReceipt = flag(config, 'enableReceivedNotification')
    const seen = (subscription: Subscription, landed: LandedTransaction): void => {
      if (tellsReceipt) {
        subscription.whenReached(landed.slot, 'processed', () =>
          subscription.notify(withContext(landed.slot, 'receivedSignature')),
        )
      }
      subscription.whenReached(landed.slot, commitment, () => {
        subscription.notify(withContext(reached(subscription, landed.slot, commitment), { err: landed.err }))
        subscription.end()
      })
    }
    return {
      notification: 'signatureNotification',
      begin: subscription => {
        const landed = subscription.ledger.transactions.get(signature)
        if (landed) seen(subscription, landed)
      },
      onLanded: (subscription, landed) => {
        if (landed.signature === signature) seen(subscription, landed)
      },
    }
  },

  accountSubscribe(params) {
    const address = addressAt(params, 0)
    const config = configAt(params, 1)
    const view = accountViewOf(config)
    const whenChanged = oncePerSlot(commitmentOf(config), (subscription, slot) => {
      const bank = subscription.ledger.viewAt(slot)
      const account = bank.account(address)
      // An account that was closed is told of as an empty one of the system program.
      const shown = account ?? { lamports: 0n, data: new Uint8Array(), owner: SYSTEM_PROGRAM, executable: false }
      subscription.notify(withContext(slot, encodeAccount(shown, view, bank.account)))
    })
    return {
      notification: 'accountNotification',
      onLanded: (subscription, landed, changed) => {
        if (changed.includes(address)) whenChanged(subscription, landed.slot, address)
      },
    }
  },

  programSubscribe(params) {
    const program = addressAt(params, 0)
    const config = configAt(params, 1)
    const view = accountViewOf(config)
    const passes = accountFilters(config)
    const whenChanged = oncePerSlot(commitmentOf(config), (subscription, slot, pubkey) => {
      const bank = subscription.ledger.viewAt(slot)
      const account = bank.account(pubkey)
      if (account?.owner !== program || !passes(account)) return
      subscription.notify(withContext(slot, { pubkey, account: encodeAccount(account, view, bank.account) }))
    })
    return {
      notification: 'programNotification',
      onLanded: (subscription, landed, changed) => {
        for (const address of changed) {
          const isOurs = subscription.ledger.account(address)?.owner === program
          if (isOurs) whenChanged(subscription, landed.slot, address)
        }
      },
    }
  },

  logsSubscribe(params) {
    const mentioned = mentionedAddress(params[0])
    const commitment = commitmentOf(configAt(params, 1))
    return {
      notification: 'logsNotification',
      onLanded: (subscription, landed) => {
        if (mentioned !== undefined && !landed.keys.includes(mentioned)) return
        subscription.whenReached(landed.slot, commitment, () => {
          const { signature, err, logs } = landed
          subscription.notify(withContext(landed.slot, { signature, err, logs }))
        })
      },
    }
  },
}

const SYSTEM_PROGRAM = '11111111111111111111111111111111'

function announceNextSlot(subscription: Subscription): void {
  const slot = subscription.ledger.slot() + 1
  subscription.whenReached(slot, 'processed', () => {
    const now = subscription.ledger.slot()
    subscription.notify({ parent: now - 1, root: now - COMMITMENT_LAG_SLOTS.finalized, slot: now })
    announceNextSlot(subscription)
  })
}

/** The newest slot of that commitment, but not before the transaction's own. */
function reached(subscription: Subscription, slot: number, commitment: Commitment): number {
  return Math.max(slot, subscription.ledger.slotOf(commitment))
}

/** An account that changes often in a slot is told of once for that slot, except as `processed`. */
function oncePerSlot(
  commitment: Commitment,
  tell: (subscription: Subscription, slot: number, address: string) => void,
): (subscription: Subscription, slot: number, address: string) => void {
  const pending = new Set<string>()
  return (subscription, slot, address) => {
    const key = `${slot} ${address}`
    if (pending.has(key)) return
    pending.add(key)
    subscription.whenReached(slot, commitment, () => {
      pending.delete(key)
      tell(subscription, Math.max(slot, subscription.ledger.slotOf('finalized')), address)
    })
  }
}

/** The one address to look for; undefined for all. */
function mentionedAddress(filter: unknown): string | undefined {
  if (filter === 'all' || filter === 'allWithVotes') return undefined
  const mentions = typeof filter === 'object' && filter !== null ? (filter as Config)['mentions'] : undefined
  if (!Array.isArray(mentions)) {
    throw invalidParams('Invalid params: expected all, allWithVotes or an object with mentions.')
  }
  if (mentions.length !== 1) throw invalidParams('Invalid Request: Only 1 address supported')
  return addressOf(mentions[0])
}
