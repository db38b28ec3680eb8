import { type ExecutionContext, Inject, Injectable, type Type } from '@nestjs/common'
import { ApplicationConfig, ModulesContainer } from '@nestjs/core'
import type { Observable } from 'rxjs'
import type { Logger } from '../../../src/index.js'
import { LOGGER } from '../logger.constants.js'
import { observeValidation } from '../requests/validation-observer.js'
import { wrapEntryPoints } from './entry-handlers.js'
import { byPattern, entryPointsOf } from './entry-points.js'
import { type ContextCreator, followOperations } from './graphql-operations.js'
import { followServer, messageUnit, type RpcServer } from './rpc-messages.js'
import { runInUnit } from './run-in-unit.js'
import { followSockets, type GraphqlDriver } from './graphql-sockets.js'
import { followMessages, type SocketAdapter, witnessMessages } from './socket-messages.js'
import { interceptMessages } from './unit.interceptor.js'
import { workOf } from './work-of.js'

/** Nest's maker of resolvers, which is no part of its public names. */
const CONTEXT_CREATOR = 'ExternalContextCreator'
/** What the GraphQL drivers of Nest's are provided as. */
const GRAPHQL_DRIVER = 'AbstractGraphQLDriver'

type Next = () => Observable<unknown>

/** What is used of an application's configuration beyond its public types in every version. */
interface Configuration {
  registerPreRequestHook?(hook: (context: ExecutionContext, next: Next) => Observable<unknown>): void
  getIoAdapter(): SocketAdapter | undefined
}

/** What is used of Nest's modules beyond their public types in every version. */
interface Servers {
  getRpcTargetRegistry?(): Observable<RpcServer>
}

/** What is used of Nest's record of one provider. */
interface Wrapper {
  readonly metatype: unknown
  /** Whether it is no class: a value, or made by a factory. */
  readonly isNotMetatype: boolean
  readonly name: unknown
  readonly instance: unknown
  getInstanceByContextId(...args: never[]): { readonly instance: object | undefined; readonly isResolved?: boolean }
}

/** Makes units of the work that comes to an application by other ways than HTTP. */
@Injectable()
export class UnitWiring {
  private readonly owners = new Set<Type>()
  private readonly gateways: Type[] = []
  private readonly wrapped = new WeakSet<object>()

  constructor(
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Called before Nest looks at any instance: handlers are replaced as soon as their instances are whole, which is before
   * servers, schedulers and queues take them.
   */
  prepare(): void {
    for (const module of this.modules.values()) {
      for (const wrappers of [module.controllers, module.providers]) {
        for (const wrapper of wrappers.values()) this.prepareProvider(wrapper as unknown as Wrapper)
      }
    }
    const { config, modules, logger } = this
    const points = byPattern(this.owners, ['rpc', 'event'])
    // Nest says of each server of a microservice when it is made, and then gives it its handlers.
    ;(modules as unknown as Servers)
      .getRpcTargetRegistry?.()
      .subscribe((server) => followServer(server, points, logger))
    ;(config as unknown as Configuration).registerPreRequestHook?.((context, next) => {
      const point = entryPointsOf(context.getClass()).get(context.getHandler().name)
      if (point === undefined || messageUnit() !== undefined) return next()
      return runInUnit(logger, workOf(point, context.getArgs()), next) as Observable<unknown>
    })
  }

  /** Called when every provider exists and none is initialized: GraphQL then opens its sockets. */
  followGraphql(): void {
    for (const { providers } of this.modules.values()) {
      for (const [token, { instance }] of providers) {
        if (typeof token === 'function' && token.name === GRAPHQL_DRIVER) {
          followSockets(instance as GraphqlDriver, this.logger)
        }
      }
    }
  }

  /** Called when the application's sockets are open, and before one is connected. */
  connect(): void {
    if (this.owners.size > 0) observeValidation(this.config, this.modules, this.owners)
    const adapter = (this.config as unknown as Configuration).getIoAdapter()
    if (this.gateways.length > 0 && typeof adapter?.bindMessageHandlers === 'function') {
      followMessages(adapter, this.gateways, this.logger)
    }
  }

  private prepareProvider(wrapper: Wrapper): void {
    const { logger } = this
    if (wrapper.name === CONTEXT_CREATOR) {
      followOperations(wrapper.instance as ContextCreator, logger)
      return
    }
    // What a factory makes has a class when it is there. Schedules and queues take jobs from it, nothing else does.
    if (wrapper.isNotMetatype) {
      this.wrapInstances(wrapper, madeBy)
      return
    }
    const owner = classOf(wrapper.metatype)
    if (owner === undefined || entryPointsOf(owner).size === 0) return
    this.owners.add(owner)
    const kinds = new Set(Array.from(entryPointsOf(owner).values(), ({ kind }) => kind))
    if (kinds.has('rpc') || kinds.has('event')) interceptMessages(owner)
    if (kinds.has('ws')) {
      this.gateways.push(owner)
      witnessMessages(owner)
    }
    this.wrapInstances(wrapper, () => owner)
  }

  private wrapInstances(wrapper: Wrapper, ownerOf: (instance: object) => Type | undefined): void {
    const { logger, wrapped } = this
    const original = wrapper.getInstanceByContextId
    wrapper.getInstanceByContextId = function (...args) {
      const host = original.apply(this, args)
      const { instance } = host
      if (host.isResolved === true && typeof instance === 'object' && instance !== null && !wrapped.has(instance)) {
        wrapped.add(instance)
        try {
          const owner = ownerOf(instance)
          if (owner !== undefined) wrapEntryPoints(instance, owner, logger)
        } catch (problem) {
          // A frozen instance still does its work; it has no units.
          logger.reportProblem(problem as Error)
        }
      }
      return host
    }
  }
}

/** The class of an instance, of which nothing is read: some values throw for names that they do not know. */
function madeBy(instance: object): Type | undefined {
  return classOf((Object.getPrototypeOf(instance) as object | null)?.constructor)
}

/** A class, or else nothing. */
function classOf(metatype: unknown): Type | undefined {
  if (typeof metatype !== 'function') return undefined
  const prototype: unknown = (metatype as { prototype?: unknown }).prototype
  return typeof prototype === 'object' && prototype !== null ? (metatype as Type) : undefined
}
