/** One thing that every encoder, or every output, must do. Its `run` throws where it is not done. */
export interface ConformanceCase {
  /** A sentence: what holds. */
  readonly name: string
  /** Throws, or rejects, where it does not hold. */
  run(): void | Promise<void>
}

/** Throws what is wrong where it does not hold. */
export function must(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem)
}
