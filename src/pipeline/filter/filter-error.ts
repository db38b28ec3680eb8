import { OptionError } from '../../options/option-error.js'

/** Thrown for an expression that cannot be read; says at which column. */
export class FilterError extends OptionError {
  /**
   * @param column - From 1; 0 where the expression is an object.
   * @param where - The option that has it.
   */
  constructor(
    /** Where in the text it is, from 1. */
    readonly column: number,
    expected: string,
    given: unknown,
    where: string = 'filter',
  ) {
    super(column > 0 ? `${where}, column ${column},` : where, expected, given)
  }
}
