import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import { type ApplicationConfig, BaseExceptionFilter, type ModulesContainer } from '@nestjs/core'
import type { Logger } from '../../../src/index.js'
import { RequestLog } from '../../http/index.js'
import { logOfContext } from '../units/graphql-operations.js'
import { noteFailure, whileHandling } from './claimed-errors.js'
import { observeInstances } from './scoped-instances.js'

const OBSERVED = Symbol('wideline.observed')

/** Nest's key for the filters of `@UseFilters`. */
const FILTERS_METADATA = '__exceptionFilters__'

/** Asked last, when none of the application's filters takes the error. It answers exactly as Nest would. */
@Catch()
export class LastFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() === 'http') whileHandling(host.getArgByIndex(0), error, () => super.catch(error, host))
    // Microservices and GraphQL have defaults of their own; they go on when nothing is returned.
    else noteInUnit(host, error)
  }
}

/** Hears of each error that one of the application's filters handles; the filter does as before. */
export function observeFilters(
  config: ApplicationConfig,
  modules: ModulesContainer,
  handlers: Iterable<object>,
  logger: Logger,
): void {
  const observe = (filter: unknown): void => {
    try {
      observeFilter(filter)
    } catch (problem) {
      // A frozen filter still handles its errors; they are then known by their status only.
      logger.reportProblem(problem as Error)
    }
  }
  const observeInline = (target: object): void => {
    for (const filter of (Reflect.getMetadata(FILTERS_METADATA, target) as unknown[] | undefined) ?? []) observe(filter)
  }
  for (const filter of config.getGlobalFilters()) observe(filter)
  for (const module of modules.values()) {
    for (const wrapper of module.injectables.values()) {
      if (wrapper.subtype !== undefined && wrapper.subtype !== 'filter') continue
      observeInstances(wrapper, observe)
    }
    for (const { metatype } of module.controllers.values()) if (metatype) observeInline(metatype)
  }
  for (const handler of handlers) observeInline(handler)
}

/** Of a GraphQL operation, the error goes on the line of its request; else on that of the unit under way. */
function noteInUnit(host: ArgumentsHost, error: unknown): void {
  const log = logOfContext(host.getArgByIndex(2))
  if (log === undefined) return
  // Resolvers fail each by itself. What a filter makes of an error comes by another way.
  if (log instanceof RequestLog) log.makeWayFor(error)
  noteFailure(log, error)
}

function observeFilter(filter: unknown): void {
  if (typeof filter !== 'object' || filter === null || filter instanceof LastFilter) return
  const subject = filter as ExceptionFilter & { [OBSERVED]?: boolean }
  if (typeof subject.catch !== 'function' || subject[OBSERVED] === true) return
  const original = subject.catch
  Object.defineProperties(subject, {
    catch: {
      configurable: true,
      writable: true,
      value(this: ExceptionFilter, error: unknown, host: ArgumentsHost): unknown {
        if (host.getType() !== 'http') {
          noteInUnit(host, error)
          return original.call(this, error, host)
        }
        return whileHandling(host.getArgByIndex(0), error, () => original.call(this, error, host) as unknown)
      },
    },
    [OBSERVED]: { value: true },
  })
}

/** Puts a filter first in the list of global ones, which is the place that is asked last. */
export function addLastFilter(config: ApplicationConfig, filter: LastFilter): void {
  const filters = config.getGlobalFilters()
  filters.unshift(filter)
  // Where Nest hands out a copy, the public way serves, before filters that catch everything at least.
  if (config.getGlobalFilters()[0] !== filter) config.addGlobalFilter(filter)
}
