import { SetMetadata } from '@nestjs/common'
import { Level, type LevelName, OptionError } from '../../../src/index.js'

const QUIET_METADATA = 'wideline:quiet'
const LEVEL_METADATA = 'wideline:level'

type HandlerOrClass = MethodDecorator & ClassDecorator

/**
 * The requests of a handler, or of each handler of a controller, get no wide line unless they fail with an error that is
 * not the client's. What is written within them stays.
 *
 * @example @Get('health') @QuietRoute() health() { return 'ok' }
 * @publicApi
 */
export function QuietRoute(): HandlerOrClass {
  return SetMetadata(QUIET_METADATA, true)
}

/**
 * The level of the wide lines of a handler, or of each handler of a controller, where all went well: errors, refusals and
 * broken connections keep theirs.
 *
 * @throws OptionError for a name that is no level.
 * @example @Get('poll') @LogLevel('debug') poll() {}
 * @publicApi
 */
export function LogLevel(level: LevelName): HandlerOrClass {
  if (!Object.hasOwn(Level, level)) throw new OptionError('@LogLevel', `one of ${Object.keys(Level).join(', ')}`, level)
  return SetMetadata(LEVEL_METADATA, level)
}

/** What a handler's decorators, or its controller's, say of its lines. The handler's own come first. */
export function routeLoggingOf(
  handler: object,
  controller: object,
): { isQuiet: boolean; level: LevelName | undefined } {
  const read = (key: string): unknown => Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller)
  return { isQuiet: read(QUIET_METADATA) === true, level: read(LEVEL_METADATA) as LevelName | undefined }
}
