import type { BagOf, DeclaredSet } from './entry/field.js'
import { Logger } from './logger.js'
import type { LoggerOptions } from './logger-options.js'
import { isObject } from './options/is-object.js'
import { OptionError } from './options/option-error.js'
import { installUnits } from './unit/install.js'

installUnits()

/**
 * A root logger.
 *
 * @typeParam Declared - The type of a declared set: the compiler then lets this logger take fields of that set only.
 * @throws OptionError for an option that is unknown or out of range.
 * @example
 * const log = createLogger({ name: 'shop', outputs: [stdout(), file('logs/app.log')] })
 * log.info('order paid', { orderId: 42 })
 * const strict = createLogger<typeof Payment>()
 */
export function createLogger<Declared extends DeclaredSet | undefined = undefined>(
  options?: LoggerOptions,
): Logger<BagOf<Declared>> {
  // Where pino has its stream, whose lines would all go to stdout here.
  const second: unknown = arguments[1]
  if (isObject(second) || isStream(options)) {
    const expected = 'given its outputs as an option, such as outputs: [stream(out)] or [file(path)]'
    throw new OptionError('createLogger', expected, second ?? options)
  }
  return Logger.create(options)
}

function isStream(options: unknown): boolean {
  return typeof options === 'object' && options !== null && typeof (options as { write?: unknown }).write === 'function'
}
