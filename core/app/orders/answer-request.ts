import type { Answer } from '../../store/directory/requests.ts'
import type { Store } from '../../store/store.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { inFamilies } from '../commands/order-families.ts'
import type { RequestHandler } from './ask-or-act.ts'
import { cancelOrder, type LiveRun, resumeOrder } from './cancel-order.ts'

/**
 * Does what can be asked of whoever holds a data directory: with the run of this process, or where nothing runs.
 *
 * @param sell Sells all that the wallet holds; absent where there is no chain.
 */
export function answerRequests(live?: LiveRun, sell?: (into: string) => Promise<Answer>): RequestHandler {
  return (store, { kind, body }) => {
    const fields = body as Readonly<Record<string, unknown>>
    switch (kind) {
      case 'cancel':
        return cancelOrder(store, String(fields['id']), options(String(fields['cause']), live))
      case 'resume':
        return resumeOrder(store, String(fields['id']), String(fields['cause']), live)
      case 'panic':
        return stopAll(store, live)
      case 'flatten':
        return sell?.(String(fields['into'])) ?? { done: false, text: 'nobody here has a chain to sell on' }
      case 'create':
        return cannotCreate(live)
      case 'clear':
        return goOn(store)
      default:
        return { done: false, text: `this version does not know the request "${kind}"` }
    }
  }
}

/** Only a desk takes orders; where nothing runs there is no chain to hold them against. */
function cannotCreate(live: LiveRun | undefined): Answer {
  if (!live)
    return { done: false, text: 'whoever held the directory has ended', detail: { code: 'REQUEST_UNANSWERED' } }
  const remedy = 'Give the order a --data-dir of its own.'
  return { done: false, text: 'who holds this data directory runs another pipeline', detail: { remedy } }
}

/** Stops all trading of the directory, and cancels every order that can be. */
function stopAll(store: Store, live: LiveRun | undefined): Answer {
  store.killSwitch.set('panic', createRealClock().now())
  // With a whole go its parts.
  const told = inFamilies(store.orders({ open: true }))
    .filter(({ whole }) => !whole)
    .map(({ kept: { order } }) => ({ id: order.id, ...cancelOrder(store, order.id, options('panic', live)) }))
  const cancelled = told.filter(({ done }) => done)
  const left = told.filter(({ done }) => !done)
  const text = [
    `stopped: nothing is traded from here until \`panic --clear\`; ${counted(cancelled.length)} cancelled`,
    ...left.map(answer => answer.text),
  ].join('\n')
  return { done: true, text, detail: { cancelled: cancelled.map(({ id }) => id), left: left.map(({ id }) => id) } }
}

function goOn(store: Store): Answer {
  const stopped = store.killSwitch.stopped()
  if (!stopped) return { done: true, text: 'nothing was stopped' }
  store.killSwitch.clear()
  return { done: true, text: `trading may go on; it was stopped since ${new Date(stopped.since).toISOString()}` }
}

const options = (cause: string, live: LiveRun | undefined) => ({ cause, live, now: createRealClock().now() })

const counted = (orders: number): string => (orders === 1 ? 'an order was' : `${orders} orders were`)
