/** A value that was encoded already, as of the call it was logged by: written as it is. */
export class RawJson {
  /** @param text - One whole JSON value, escaped, without what must not be written. */
  constructor(readonly text: string) {}
}
