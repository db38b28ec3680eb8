import { type FieldBag, OptionError } from '../../src/index.js'

/** A decorator of classes, in legacy and in standard mode. */
export interface ContextDecorator {
  /** Decorates a class. */
  (target: abstract new (...args: never[]) => unknown, context?: ClassDecoratorContext): void
}

/** What is declared on a class, by its prototype. */
const declared = new WeakMap<object, FieldBag>()
/** The same with what the classes above it declare. */
const merged = new WeakMap<object, FieldBag | null>()

/**
 * Declares fields for what a class logs: the lines of its `@Logged` methods, the wide line of a request that a decorated
 * handler of it serves, and, in Nest, the lines of the loggers that are injected into it. A class below it has them too.
 *
 * @throws OptionError for what is no object.
 * @example
 * @LogContext({ component: 'billing' })
 * class Billing {}
 */
export function LogContext(fields: FieldBag): ContextDecorator {
  OptionError.requireObject('@LogContext', fields, 'an object of fields')
  const own = Object.freeze({ ...fields })
  return (target) => {
    declared.set(target.prototype as object, own)
  }
}

/**
 * The fields that `@LogContext` declares on a class, given itself or as one of its objects; undefined where it declares none.
 *
 * @example private readonly log = logger.child(logContextOf(this))
 */
export function logContextOf(target: unknown): FieldBag | undefined {
  if ((typeof target !== 'object' || target === null) && typeof target !== 'function') return undefined
  const prototype = prototypeOf(target)
  if (typeof prototype !== 'object' || prototype === null) return undefined
  let known = merged.get(prototype)
  if (known === undefined) {
    known = above(prototype)
    merged.set(prototype, known)
  }
  return known ?? undefined
}

function prototypeOf(target: object): unknown {
  try {
    return typeof target === 'function' ? target.prototype : Object.getPrototypeOf(target)
  } catch {
    // A proxy that hides what it is of has no class that says anything.
    return undefined
  }
}

function above(prototype: object): FieldBag | null {
  const parent: unknown = Object.getPrototypeOf(prototype)
  const outer = typeof parent === 'object' && parent !== null ? above(parent) : null
  const own = declared.get(prototype)
  if (own === undefined) return outer
  return outer === null ? own : Object.freeze({ ...outer, ...own })
}
