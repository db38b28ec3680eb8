import { type ApplicationConfig, ModulesContainer } from '@nestjs/core'

const OBSERVED = Symbol('wideline.observed')

/** Nest's keys for the pipes of `@UsePipes`, and for what a handler's parameters are taken from, with their pipes. */
const PIPES_METADATA = '__pipes__'
const ROUTE_ARGS_METADATA = '__routeArguments__'

/** What class-validator says of one property. */
interface Finding {
  readonly property: string
  readonly children?: readonly Finding[]
}

/** A `ValidationPipe`, or anything that makes its exceptions like one. */
interface Validating {
  exceptionFactory(findings: readonly Finding[]): unknown
  [OBSERVED]?: boolean
}

const invalid = new WeakMap<object, readonly string[]>()

/** The fields that a validation found wrong, of the exception it threw. Their messages may hold values; the names do not. */
export function invalidFieldsOf(error: unknown): readonly string[] | undefined {
  return typeof error === 'object' && error !== null ? invalid.get(error) : undefined
}

/** Has each pipe of the application that validates note the names of what it found. */
export function observeValidation(
  config: ApplicationConfig,
  modules: ModulesContainer,
  handlers: Iterable<object>,
): void {
  const all = (pipes: unknown): void => {
    for (const pipe of Array.isArray(pipes) ? (pipes as unknown[]) : []) observe(pipe)
  }
  all(config.getGlobalPipes())
  for (const module of modules.values()) {
    for (const wrapper of module.injectables.values()) if (wrapper.isDependencyTreeStatic()) observe(wrapper.instance)
    for (const { metatype } of module.controllers.values()) {
      if (!metatype) continue
      all(Reflect.getMetadata(PIPES_METADATA, metatype))
      const prototype = metatype.prototype as object
      for (
        let from = prototype;
        from !== null && from !== Object.prototype;
        from = Object.getPrototypeOf(from) as object
      ) {
        for (const name of Object.getOwnPropertyNames(from)) {
          const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, metatype, name) as Record<
            string,
            { pipes?: unknown }
          >
          for (const parameter of Object.values(parameters ?? {})) all(parameter.pipes)
        }
      }
    }
  }
  for (const handler of handlers) all(Reflect.getMetadata(PIPES_METADATA, handler))
}

function observe(pipe: unknown): void {
  const subject = pipe as Partial<Validating> | null | undefined
  if (typeof subject !== 'object' || typeof subject?.exceptionFactory !== 'function') return
  if (subject[OBSERVED] === true || Object.isFrozen(subject)) return
  const original = subject.exceptionFactory
  subject.exceptionFactory = function (this: unknown, findings) {
    const error = original.call(this as Validating, findings)
    if (typeof error === 'object' && error !== null && Array.isArray(findings)) {
      invalid.set(error, [...new Set(findings.flatMap((finding: Finding) => paths(finding, '')))])
    }
    return error
  }
  Object.defineProperty(subject, OBSERVED, { value: true })
}

function paths({ property, children = [] }: Finding, above: string): string[] {
  const path = above === '' ? property : `${above}.${property}`
  return children.length === 0 ? [path] : children.flatMap((child) => paths(child, path))
}
