import type { IncomingMessage, ServerResponse } from 'node:http'
import { Inject, Injectable, Optional } from '@nestjs/common'
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core'
import type { Logger } from '../../../src/index.js'
import { checkRequestOptions, exposeLog, RequestLifecycle, type RequestLog } from '../../http/index.js'
import type { LoggerModuleOptions } from '../interfaces/logger-module-options.interface.js'
import { LOGGER } from '../logger.constants.js'
import { MODULE_OPTIONS_TOKEN } from '../logger.module-definition.js'
import { type AdapterInternals, hookEntry, hookErrors, hookRequests } from './adapter-hooks.js'
import { addLastFilter, LastFilter, observeFilters } from './exception-observer.js'
import { collectHandlers, tagRoutes } from './route-handlers.js'
import { markRoutes } from './route-scope.js'
import { observeValidation } from './validation-observer.js'

const WIRED = Symbol('wideline.wired')

/** Connects one application's HTTP adapter with the request log. */
@Injectable()
export class RequestWiring {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() @Inject(MODULE_OPTIONS_TOKEN) private readonly options: LoggerModuleOptions = {},
  ) {}

  /**
   * Called when every provider exists and no route is built yet. The body parser is registered by then; the hooks are
   * places that the adapter looks at for each request, in front of it.
   */
  connect(): void {
    const adapter = this.host.httpAdapter as unknown as (AdapterInternals & { [WIRED]?: boolean }) | undefined
    if (!adapter || adapter[WIRED] === true) return
    Object.defineProperty(adapter, WIRED, { value: true })
    markRoutes(adapter)
    if (this.options.requests === false) return
    const options = checkRequestOptions('requests', this.options.requests ?? {})
    const lifecycle = new RequestLifecycle(this.logger, options, () => '')
    // Express's are Node's own, where a look for what is not there takes Node.js 20 a microsecond.
    const isExpress = adapter.getType?.() === 'express'
    const raw = isExpress ? asItIs : rawOf
    if (isExpress) {
      hookEntry(adapter, (request, response, prototype) => lifecycle.beginEarly(request, response, prototype))
    }
    hookRequests(adapter, (request, response) => this.begin(lifecycle, request, raw, response), options.context)
    hookErrors(adapter)
    const handlers = collectHandlers(this.modules)
    tagRoutes(adapter, handlers)
    observeFilters(this.config, this.modules, handlers.keys(), this.logger)
    observeValidation(this.config, this.modules, [])
    addLastFilter(this.config, new LastFilter(this.host.httpAdapter))
  }

  private begin(
    lifecycle: RequestLifecycle,
    request: unknown,
    raw: <T>(value: unknown) => T,
    response: unknown,
  ): RequestLog | undefined {
    try {
      const incoming = raw<IncomingMessage>(request)
      const log = lifecycle.begin(incoming, raw<ServerResponse>(response))
      if (incoming !== request) log.noteForwarded(request)
      exposeLog(request as object, log)
      return log
    } catch (problem) {
      this.logger.reportProblem(problem as Error)
      return undefined
    }
  }
}

function asItIs<T>(value: unknown): T {
  return value as T
}

/** Node's own object within Fastify's. */
function rawOf<T>(value: unknown): T {
  return ((value as { raw?: T }).raw ?? value) as T
}
