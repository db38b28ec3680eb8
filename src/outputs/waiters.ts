interface Waiter {
  resolve(): void
  reject(problem: Error): void
}

/** Promises of flushes under way. Each settles in the end: by success, by failure, or when its time is over. */
export class Waiters {
  private waiting = new Set<Waiter>()

  get count(): number {
    return this.waiting.size
  }

  /** @param late - Makes the error of a promise that nobody settled in `limitMs`. */
  add(limitMs: number, late: () => Error): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const settle = (then: () => void): void => {
        clearTimeout(timer)
        this.waiting.delete(waiter)
        then()
      }
      const waiter: Waiter = { resolve: () => settle(resolve), reject: (problem) => settle(() => reject(problem)) }
      // Holds the process: a program that awaits a flush must not end in the middle of it.
      const timer = setTimeout(() => waiter.reject(late()), limitMs)
      this.waiting.add(waiter)
    })
  }

  resolveAll(): void {
    for (const waiter of this.waiting) waiter.resolve()
  }

  rejectAll(problem: Error): void {
    for (const waiter of this.waiting) waiter.reject(problem)
  }
}
