/** What of `reflect-metadata` is used here, where an application has loaded it. */
interface ReflectMetadata {
  getMetadata?(key: unknown, target: object, property?: string | symbol): unknown
  getOwnMetadataKeys?(target: object): unknown[]
  getOwnMetadata?(key: unknown, target: object): unknown
  defineMetadata?(key: unknown, value: unknown, target: object): void
}

const reflect = Reflect as ReflectMetadata

/** The types of a method's parameters, where the compiler noted them. */
export function parameterTypes(prototype: object, method: string | symbol): readonly unknown[] {
  const types = reflect.getMetadata?.('design:paramtypes', prototype, method)
  return Array.isArray(types) ? types : []
}

/** Carries over what decorators have noted on a function, such as Nest's routes, to the one that takes its place. */
export function copyMetadata(from: object, to: object): void {
  for (const key of reflect.getOwnMetadataKeys?.(from) ?? []) {
    reflect.defineMetadata?.(key, reflect.getOwnMetadata?.(key, from), to)
  }
}
