import type { Type } from '@nestjs/common'
import { type ApplicationConfig, MetadataScanner, type ModulesContainer } from '@nestjs/core'
import { observeInstances } from './scoped-instances.js'

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

/** Has each pipe of the application that validates note the names of what it found, on these classes' handlers too. */
export function observeValidation(config: ApplicationConfig, modules: ModulesContainer, owners: Iterable<Type>): void {
  observeAll(config.getGlobalPipes())
  for (const module of modules.values()) {
    for (const wrapper of module.injectables.values()) {
      if (wrapper.subtype === undefined || wrapper.subtype === 'pipe') observeInstances(wrapper, observe)
    }
    for (const { metatype } of module.controllers.values()) if (metatype) observeClass(metatype as Type)
  }
  for (const owner of owners) observeClass(owner)
}

/** The pipes of a class, of its methods and of their parameters, those it inherits included. */
function observeClass(owner: Type): void {
  observeAll(Reflect.getMetadata(PIPES_METADATA, owner))
  for (const name of new MetadataScanner().getAllMethodNames(owner.prototype as object)) {
    const handler = (owner.prototype as Record<string, unknown>)[name]
    if (typeof handler === 'function') observeAll(Reflect.getMetadata(PIPES_METADATA, handler))
    const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, owner, name) as Record<string, { pipes?: unknown }>
    for (const parameter of Object.values(parameters ?? {})) observeAll(parameter.pipes)
  }
}

function observeAll(pipes: unknown): void {
  for (const pipe of Array.isArray(pipes) ? (pipes as unknown[]) : []) observe(pipe)
}

function observe(pipe: unknown): void {
  const subject = pipe as Partial<Validating> | null | undefined
  if (typeof subject !== 'object' || typeof subject?.exceptionFactory !== 'function') return
  // One that takes no property validates as ever; its fields are then not named.
  if (subject[OBSERVED] === true || !Reflect.defineProperty(subject, OBSERVED, { value: true })) return
  const original = subject.exceptionFactory
  const value = function (this: unknown, findings: readonly Finding[]): unknown {
    const error = original.call(this as Validating, findings)
    if (typeof error === 'object' && error !== null && Array.isArray(findings)) {
      invalid.set(error, [...new Set(findings.flatMap((finding: Finding) => paths(finding, '')))])
    }
    return error
  }
  Reflect.defineProperty(subject, 'exceptionFactory', { value, configurable: true, writable: true })
}

function paths({ property, children = [] }: Finding, above: string): string[] {
  const path = above === '' ? property : `${above}.${property}`
  return children.length === 0 ? [path] : children.flatMap((child) => paths(child, path))
}
