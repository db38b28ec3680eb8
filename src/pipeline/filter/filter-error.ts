import { OptionError } from '../../options/option-error.js'

/** Thrown for an expression that cannot be read; says at which column. */
export class FilterError extends OptionError {
  /** @param column - From 1; 0 where the expression is an object. */
  constructor(
    /** Where in the text it is, from 1. */
    readonly column: number,
    expected: string,
    given: unknown,
  ) {
    super(column > 0 ? `filter, column ${column},` : 'filter', expected, given)
  }
}
