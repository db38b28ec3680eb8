import { type DynamicModule, Module } from '@nestjs/common'
import { type FieldBag, Level, type Logger, OptionError, type Threshold } from '../../src/index.js'
import { checkLogger, ContextLogger } from '../http/index.js'
import { askingClasses, contextOfToken, declareLogger } from './decorators/inject-logger.decorator.js'
import { LOGGER } from './logger.constants.js'

/**
 * Options of `LoggerModule.forFeature()`.
 *
 * @publicApi
 */
export interface LoggerFeatureOptions {
  /** The level of the module's loggers. Default: they follow the application's. */
  readonly level?: Threshold
  /** On every line of the module's loggers. */
  readonly fields?: FieldBag
}

const OPTIONS: readonly string[] = ['level', 'fields']
const LEVELS: readonly unknown[] = [...Object.keys(Level), 'silent']

/** Holds the loggers of one module of the application. */
@Module({})
export class LoggerFeatureModule {}

/** Loggers for the module that imports this: its own by its name, and one below it for each class that asks for one. */
export function loggerFeature(name: string, options: LoggerFeatureOptions): DynamicModule {
  checkFeature(name, options)
  // Also for those who do not import the feature: they get a logger of this name without its level and fields.
  const own = declareLogger(name, undefined)
  const below = () => askingClasses().filter(({ token }) => token !== own)
  return {
    module: LoggerFeatureModule,
    // Read when Nest scans the module: by then every class with an `@InjectLogger()` is loaded.
    get providers() {
      return [
        { provide: own, useFactory: (root: Logger) => featureLogger(root, name, options), inject: [LOGGER] },
        ...below().map(({ name: className, token }) => ({
          provide: token,
          useFactory: (feature: Logger) => feature.child(contextOfToken(token), { name: `${name}.${className}` }),
          inject: [own],
        })),
      ]
    },
    get exports() {
      return [own, ...below().map(({ token }) => token)]
    },
  }
}

function featureLogger(root: Logger, name: string, { level, fields = {} }: LoggerFeatureOptions): Logger {
  if (level !== undefined && !LEVELS.includes(level))
    throw new OptionError('forFeature.level', `one of ${LEVELS.join(', ')}`, level)
  return new ContextLogger(checkLogger('', root), root.name).child(
    fields,
    level === undefined ? { name } : { name, level },
  )
}

/** @throws OptionError for a name or an option that cannot be used; the level is checked where it is set. */
function checkFeature(name: unknown, options: unknown): void {
  if (typeof name !== 'string' || name === '') throw new OptionError('forFeature.name', 'a name', name)
  if (typeof options !== 'object' || options === null) throw new OptionError('forFeature.options', 'an object', options)
  OptionError.refuseUnknown('forFeature', options, OPTIONS)
  const { fields } = options as { fields?: unknown }
  if (fields !== undefined) OptionError.requireObject('forFeature.fields', fields)
}
