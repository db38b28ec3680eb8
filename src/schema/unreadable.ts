/** A value that could not be read, in the place of the value. */
export class Unreadable {
  /** Asked for instead of the class: the latter question is one that a proxy may throw at. */
  // oxlint-disable-next-line no-unused-private-class-members
  readonly #isUnreadable = true

  constructor(
    /** What was thrown. */
    readonly reason: unknown,
  ) {}

  /** Whether a value is one. */
  static is(value: unknown): value is Unreadable {
    return typeof value === 'object' && value !== null && #isUnreadable in value
  }
}
