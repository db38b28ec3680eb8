/** Told what becomes of a method's result. */
export interface ResultFollower {
  /** A value: what was returned, what a promise gave, each one of an observable. */
  value(value: unknown): void
  /** One of several values is coming. */
  item?(): void
  /** A follower for one of several that are given the same, such as the subscribers of an observable. */
  each?(): ResultFollower
  /** There is nothing more to come. */
  end?(): void
  /** It failed. */
  fail?(error: unknown): void
}

/** Told of everything that a method's result gives, and of its end. */
export interface CallFollower extends Required<Omit<ResultFollower, 'each'>>, Pick<ResultFollower, 'each'> {
  /** Runs a part of the method that runs later, such as the next step of a generator. */
  within<T>(step: () => T): T
}
