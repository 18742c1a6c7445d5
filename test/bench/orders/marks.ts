import type { Journal } from '../../../core/orders/journal.ts'
import type { Trader } from '../../../core/plugin/services.ts'
import { journalWith } from '../../journal-with.ts'
import { real, type ServerTime } from './server-time.ts'
import type { Between } from './world.ts'

/** When each step on the way from a price to a send was passed, and how much of it the server had until then. */
export class Marks {
  readonly #server: ServerTime
  #at: { name: string; wall_ms: number; server_ms: number }[] = []
  #isOver = true

  constructor(server: ServerTime) {
    this.#server = server
  }

  start(): void {
    this.#at = []
    this.#isOver = false
    this.pass('start')
  }

  /** Counts until `end`; what comes after the first send is not on the way. */
  pass(name: string): void {
    if (this.#isOver) return
    this.#at.push({ name, wall_ms: real.wall_ms(), server_ms: this.#server.spent_ms })
  }

  end(): void {
    this.#isOver = true
  }

  /** Our own milliseconds of each step, in order. */
  own(): readonly { name: string; own_ms: number }[] {
    return this.#at.slice(1).map(({ name, wall_ms, server_ms }, index) => {
      const before = this.#at[index]!
      return { name, own_ms: wall_ms - before.wall_ms - (server_ms - before.server_ms) }
    })
  }
}

/** Marks every step; `sent` is called with each send. */
export function marking(marks: Marks, sent: (wire: Uint8Array) => void): Between {
  return {
    journal: journal => markedJournal(journal, marks),
    trader: trader => markedTrader(trader, marks),
    sign: sign => {
      marks.pass('build, and check the simulation')
      const signature = sign()
      marks.pass('sign')
      return signature
    },
    send: (send, wire) => {
      sent(wire)
      return send()
    },
  }
}

function markedJournal(journal: Journal, marks: Marks): Journal {
  return journalWith(journal, {
    trigger: (...given) => {
      marks.pass('find the order')
      const order = journal.trigger(...given)
      marks.pass('journal its trigger')
      return order
    },
    synced: async () => {
      await journal.synced()
      marks.pass('journal the attempt, on the disk')
    },
  })
}

function markedTrader(trader: Trader, marks: Marks): Trader {
  return {
    trade: (intent, venue, options) => {
      marks.pass('to the execution')
      const marked: typeof venue = {
        name: venue.name,
        quote: async (...given) => {
          marks.pass('take the key')
          const quote = await venue.quote(...given)
          marks.pass('quote')
          return quote
        },
        plan: async (...given) => {
          marks.pass('claim the funds')
          const plan = await venue.plan(...given)
          marks.pass('plan')
          return plan
        },
      }
      return trader.trade(intent, marked, options)
    },
  }
}
