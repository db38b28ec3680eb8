import { Catch, type ExceptionFilter } from '@nestjs/common'

/** Nest's key for the filters of `@UseFilters`. */
const FILTERS_METADATA = '__exceptionFilters__'

/**
 * A filter that takes no exception, and so changes nothing: asked before all others whether it does, it passes on what it
 * is asked about. Errors of guards, pipes and interceptors are heard that way, whoever handles them.
 */
export function witness(note: (error: unknown) => void): ExceptionFilter {
  const asked = Object.defineProperty(() => undefined, Symbol.hasInstance, {
    value: (error: unknown): boolean => {
      note(error)
      return false
    },
  })
  @Catch(asked as never)
  class Witness implements ExceptionFilter {
    catch(): void {
      // Never called.
    }
  }
  return new Witness()
}

/** Has a handler's exceptions told to a witness. Of the filters on a handler, the last is asked first. */
export function addWitness(handler: object, filter: ExceptionFilter): void {
  const filters = (Reflect.getMetadata(FILTERS_METADATA, handler) ?? []) as unknown[]
  Reflect.defineMetadata(FILTERS_METADATA, [...filters, filter], handler)
}
