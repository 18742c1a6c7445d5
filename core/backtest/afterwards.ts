/**
 * What follows from something, when all who were called because of it have finished: a backtest's own microtasks. In a
 * turn of the replay they are worked off there, so that nothing of it is left when time goes on; at any other time they
 * come in a microtask.
 */
export class Afterwards {
  #tasks: (() => void)[] = []
  #isTurn = false
  #isScheduled = false

  add(task: () => void): void {
    this.#tasks.push(task)
    if (this.#isTurn || this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.run()
    })
  }

  /** Does what waits, and what comes of that, in the order it came. */
  run(): void {
    while (this.#tasks.length > 0) {
      const tasks = this.#tasks
      this.#tasks = []
      for (const task of tasks) task()
    }
  }

  /** Within `work`, `run` is called whenever something has come to pass. */
  turn(work: () => void): void {
    this.#isTurn = true
    try {
      work()
    } finally {
      this.#isTurn = false
      this.run()
    }
  }
}
