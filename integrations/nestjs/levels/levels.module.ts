import { type CanActivate, type DynamicModule, Module, type Type } from '@nestjs/common'
import { OptionError } from '../../../src/index.js'
import { levelsController } from './levels.controller.js'

/**
 * Options of `LoggerModule.levels()`.
 *
 * @publicApi
 */
export interface LoggerLevelsOptions {
  /** Where the controller stands, below the application's prefix. Default `log-levels`. */
  readonly path?: string
  /** Who may read and set levels. One at least: whoever gets here can switch the logs off. */
  readonly guards: readonly (Type<CanActivate> | CanActivate)[]
  /** Modules whose providers the guards need. */
  readonly imports?: NonNullable<DynamicModule['imports']>
}

const OPTIONS: readonly string[] = ['path', 'guards', 'imports']

/** Holds the controller that reads and sets levels. */
@Module({})
export class LoggerLevelsModule {}

/** @throws OptionError for an option that cannot be used. */
export function loggerLevels(options: LoggerLevelsOptions): DynamicModule {
  OptionError.refuseUnknown('levels', options, OPTIONS)
  const { path = 'log-levels', guards, imports = [] } = options
  if (typeof path !== 'string') throw new OptionError('levels.path', 'a path', path)
  if (!Array.isArray(guards) || guards.length === 0)
    throw new OptionError('levels.guards', 'a list of guards, one at least', guards)
  if (!Array.isArray(imports)) throw new OptionError('levels.imports', 'an array of modules', imports)
  return { module: LoggerLevelsModule, imports, controllers: [levelsController(path, guards)] }
}
