import { map } from 'rxjs'
import { isForgeError } from '../../core/errors/forge-error.ts'
import type { ForgeEvent, Report } from '../../core/index.ts'
import type { Journal, OrderRecord } from '../../core/orders/journal.ts'
import type { AnyPlugin } from '../../core/plugin/contract.ts'
import { journalWith } from '../journal-with.ts'
import type { Alterations } from './process/incarnation.ts'

function orderOf(journal: Journal, wire: Uint8Array): OrderRecord | undefined {
  return journal
    .orders({ open: true })
    .find(order => order.attempts.some(attempt => Buffer.compare(attempt.wire, wire) === 0))
}

/** A plugin of whose events, or of the reports it is told, something is changed. */
function changed(
  plugin: AnyPlugin,
  change: {
    readonly given?: (event: ForgeEvent, now: number) => ForgeEvent
    readonly heard: (report: Report) => Report
  },
): AnyPlugin {
  const { given, heard } = change
  return {
    ...plugin,
    setup: async context => {
      const instance = await plugin.setup(context)
      const { events } = instance
      return {
        ...instance,
        ...(given && events && { events: events.pipe(map(event => given(event, context.clock.now()))) }),
        onReport: report => instance.onReport?.(heard(report)),
      }
    },
  }
}

/**
 * Bugs as trading bots really have them, each made of parts handed in instead of the real ones. A simulation that does
 * not find them would not find theirs either.
 */
export const PLANTED_BUGS: Readonly<Record<string, () => Alterations>> = {
  /** The bytes are on the wire before the journal has them: a death in between forgets them. */
  'send before the journal': () => ({
    journal: (journal, { rpc }) =>
      journalWith(journal, {
        attempt: attempt => {
          rpc.send(attempt.wire).catch(() => undefined)
          return journal.attempt(attempt)
        },
      }),
  }),

  /** The journal hears of a transaction when the endpoint has answered. */
  'journal after the send': () => {
    const held = new Map<string, { readonly order: OrderRecord; readonly write: () => void }>()
    return {
      journal: journal =>
        journalWith(journal, {
          attempt: attempt => {
            const before = journal.order(attempt.orderId)!
            const order: OrderRecord = { ...before, state: 'submitting', attempts: [...before.attempts, attempt] }
            const write = (): void => void journal.attempt(attempt)
            held.set(Buffer.from(attempt.wire).toString('base64'), { order, write })
            return order
          },
        }),
      sender: sender =>
        sender.kind === 'dry-run'
          ? sender
          : {
              ...sender,
              send: async (wire, how) => {
                await sender.send(wire, how)
                const key = Buffer.from(wire).toString('base64')
                const late = held.get(key)
                held.delete(key)
                late?.write()
              },
            },
    }
  },

  /** The attempt is written, and a power cut takes it back after it was sent. */
  'attempt without a sync': () => ({
    durability: asked => (asked === 'now' ? 'with-next' : asked),
    journal: journal => journalWith(journal, { synced: async () => undefined }),
  }),

  /** Another transaction is signed while the first may still land: the height it believes in runs ahead. */
  'sign anew before expiry': () => ({
    rpc: rpc => ({
      ...rpc,
      blockHeight: async commitment => (await rpc.blockHeight(commitment)) + 110,
      heightAt: async commitment => {
        const { slot, height } = await rpc.heightAt(commitment)
        return { slot: slot + 110, height: height + 110 }
      },
      signatureStatusesAt: async (signatures, options) => {
        const { slot, statuses } = await rpc.signatureStatusesAt(signatures, options)
        return { slot: slot + 110, statuses }
      },
    }),
  }),

  /** No answer to a send is taken for a failure of the trade. */
  'a lost answer is a failure': () => ({
    sender: (sender, { journal, clock }) =>
      sender.kind === 'dry-run'
        ? sender
        : {
            ...sender,
            send: async (wire, how) => {
              try {
                await sender.send(wire, how)
              } catch (thrown) {
                const order = isForgeError(thrown) ? orderOf(journal, wire) : undefined
                if (order?.state === 'submitting') {
                  const reason = { code: 'ORDER_FAILED', message: 'the endpoint did not answer' }
                  journal.move(order.id, 'failed', { now: clock.now(), cause: reason.message, reason })
                }
                throw thrown
              }
            },
          },
  }),

  /** A key that was taken is taken again. */
  'the key is not checked': () => ({
    journal: journal =>
      journalWith(journal, {
        take: (intent, now) => {
          for (let copy = 0; ; copy++) {
            const taken = journal.take(copy === 0 ? intent : { ...intent, key: `${intent.key} again ${copy}` }, now)
            if (taken.taken) return taken
          }
        },
      }),
  }),

  /** What was in flight when the process died is forgotten at the next start. */
  'attempts forgotten at the start': () => ({
    journal: journal => {
      const own = new Set<string>()
      const forget = (order: OrderRecord): OrderRecord => ({
        ...order,
        attempts: order.attempts.filter(({ signature }) => own.has(signature)),
      })
      return journalWith(journal, {
        orders: filter => journal.orders(filter).map(forget),
        order: id => {
          const order = journal.order(id)
          return order && forget(order)
        },
        take: (intent, now) => {
          const { taken, order } = journal.take(intent, now)
          return { taken, order: forget(order) }
        },
        attempt: attempt => {
          own.add(attempt.signature)
          const before = journal.order(attempt.orderId)?.attempts.length ?? 0
          return forget(journal.attempt({ ...attempt, number: before + 1 }))
        },
      })
    },
  }),

  /** After a part has landed, all of the order is traded again instead of what is left. */
  'the rest is the whole': () => ({
    journal: journal => {
      const forget = (order: OrderRecord): OrderRecord => ({
        ...order,
        attempts: order.attempts.map(attempt =>
          attempt.fill ? { ...attempt, promise: { ...attempt.promise, inputUnits: 0n } } : attempt,
        ),
      })
      return journalWith(journal, {
        part: (...given) => forget(journal.part(...given)),
        attempt: attempt => forget(journal.attempt(attempt)),
        orders: filter => journal.orders(filter).map(forget),
        order: id => {
          const order = journal.order(id)
          return order && forget(order)
        },
        take: (intent, now) => {
          const { taken, order } = journal.take(intent, now)
          return { taken, order: forget(order) }
        },
      })
    },
  }),

  /** A fill is what was promised, not what the transaction did. */
  'a fill is what was quoted': () => ({
    journal: journal =>
      journalWith(journal, {
        move: (orderId, to, details) => {
          const { fill } = details
          if (!fill) return journal.move(orderId, to, details)
          return journal.move(orderId, to, { ...details, fill: { ...fill, output: fill.quotedOutput } })
        },
      }),
  }),

  /** A transaction that nobody shows is taken for one that never was, without asking how far the chain is. */
  'not found is not there': () => ({
    rpc: rpc => ({
      ...rpc,
      blockHeight: async () => Number.MAX_SAFE_INTEGER,
      heightAt: async () => ({ slot: Number.MAX_SAFE_INTEGER, height: Number.MAX_SAFE_INTEGER }),
      signatureStatusesAt: async (signatures, options) => ({
        ...(await rpc.signatureStatusesAt(signatures, options)),
        slot: Number.MAX_SAFE_INTEGER,
      }),
      firstAvailableBlock: async () => 0,
    }),
  }),

  /** A move that the journal has not heard of yet is reported as done. */
  'an end is kept in memory only': () => ({
    journal: journal => {
      const ended = new Map<string, OrderRecord>()
      return journalWith(journal, {
        move: (orderId, to, details) => {
          const order = journal.order(orderId)!
          const { fill, reason } = details
          const next: OrderRecord = { ...order, state: to, ...(fill && { fill }), ...(reason && { reason }) }
          ended.set(orderId, next)
          return next
        },
        order: id => ended.get(id) ?? journal.order(id),
      })
    },
  }),

  /** What an order has seen is forgotten at the next start: a trailing stop begins again from the price of then. */
  'the high-water mark is lost': () => ({ forgets: () => key => key.startsWith('marks') }),

  /** Orders that wait are not taken up again. */
  'orders are forgotten at the start': () => ({
    journal: journal =>
      journalWith(journal, { orders: filter => (filter?.holder === undefined ? journal.orders(filter) : []) }),
  }),

  /** An order is traded under another key each time it fires, and a restart lets it fire again. */
  'a trigger has a key of its own': () => ({
    journal: (journal, { clock }) =>
      journalWith(journal, {
        trigger: (orderId, details) => {
          const order = journal.trigger(orderId, details)
          return { ...order, intent: { ...order.intent, key: `${order.intent.key} at ${clock.now()}` } }
        },
      }),
  }),

  /** The end of one leg is believed only by who hears it: what a recovery found filled cancels nothing. */
  'a leg filled in recovery cancels nothing': () => ({
    journal: journal =>
      journalWith(journal, {
        taken: intent => {
          const order = journal.taken(intent)
          if (order?.state !== 'confirmed' || order.intent.terms?.['linked'] === undefined) return order
          const { fill: _, ...unfilled } = order
          return unfilled
        },
      }),
  }),

  /** The first fill of an entry counts for all of it. */
  'a bracket is sized by its order': () => ({
    plugin: plugin =>
      plugin.name !== 'bracket'
        ? plugin
        : changed(plugin, {
            heard: report => {
              if (report.state !== 'partly-filled') return report
              const { fill, left } = report
              const whole = (fill.output.units * (fill.input.units + left.units)) / fill.input.units
              return { ...report, fill: { ...fill, output: { ...fill.output, units: whole } } }
            },
          }),
  }),

  /** Each slice has the time in its key: a restart does not find those that were traded. */
  'slices begin anew at the start': () => ({
    plugin: plugin =>
      plugin.name !== 'twap'
        ? plugin
        : changed(plugin, {
            given: (event, now) => (event.kind === 'intent' ? { ...event, key: `${event['key']} at ${now}` } : event),
            heard: report => ({ ...report, key: report.key.replace(/ at \d+$/, '') }),
          }),
  }),

  /** The height is asked of one node and the history of another, which may be behind it. */
  'a node behind is believed': () => ({
    rpc: rpc => ({
      ...rpc,
      signatureStatusesAt: async (signatures, options) => ({
        ...(await rpc.signatureStatusesAt(signatures, options)),
        slot: Number.MAX_SAFE_INTEGER,
      }),
    }),
  }),
}
