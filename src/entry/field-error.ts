/**
 * Thrown in development where a field's declaration asks for it (`onInvalid: 'throw'`): a value is not of its kind, or does
 * not pass its validation. In production the line is marked instead.
 */
export class FieldError extends TypeError {
  override readonly name = 'FieldError'

  constructor(
    /** The field's key on the line. */
    readonly key: string,
    /** What is wrong with the value. */
    readonly reason: string,
  ) {
    super(`field ${key}: ${reason}`)
  }
}
