import { Database, type Durability, type Row } from '../../../core/store/database.ts'

/** What stands between a process and each of its writing transactions. */
export interface WritePort {
  /** Which durability it gets: a planted bug may change it. */
  durability(asked: Durability): Durability
  /** May throw instead of writing; the answer is called in the transaction, after its work, and may throw as well. */
  before(durability: Durability): (() => void) | undefined
  /** Called in any case. */
  over(): void
  /** Committed; may throw. */
  after(durability: Durability): void
  /** May throw instead of reading. */
  read(sql: string): void
  /** Instead of the real sync: the disk is simulated. */
  sync(): Promise<void>
}

/** The store's database with a port at every read and every writing transaction, the lease's and the history's included. */
export class WatchedDatabase extends Database {
  /** Absent while the base class makes the tables. */
  port?: WritePort

  override write<T>(work: () => T, durability: Durability = 'now'): T {
    const { port } = this
    if (!port) return super.write(work, durability)
    const given = port.durability(durability)
    let result: T
    try {
      const within = port.before(given)
      result = super.write(
        () => {
          const worked = work()
          within?.()
          return worked
          // Of what is asked for in the background only the port knows when it has come to pass.
        },
        given === 'now' ? 'now' : 'with-next',
      )
    } finally {
      port.over()
    }
    port.after(given)
    return result
  }

  override get(...asked: Parameters<Database['get']>): Row | undefined {
    this.port?.read(asked[0])
    return super.get(...asked)
  }

  override all(...asked: Parameters<Database['all']>): Row[] {
    this.port?.read(asked[0])
    return super.all(...asked)
  }

  override synced(): Promise<void> {
    return this.port ? this.port.sync() : super.synced()
  }
}
