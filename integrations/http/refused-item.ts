import { OptionError } from '../../src/index.js'

/**
 * Refuses the first item of a list that is none of what the list takes, by its place: the list itself would say nothing.
 *
 * @throws OptionError such as `requestLogger.ignore[1] must be …, got "health"`.
 */
export function refuseItem(option: string, list: unknown, expected: string, accepts: (item: unknown) => boolean): void {
  if (!Array.isArray(list)) return
  const at = list.findIndex((item) => !accepts(item))
  if (at >= 0) throw new OptionError(`${option}[${at}]`, expected, list[at])
}
