/** A value that was made to break whoever reads it. */
export interface HostileValue {
  readonly name: string
  make(): unknown
  /** A list of millions. Taken apart into fields it is another case: see many-keys.test.ts. */
  readonly isLong?: true
}

export const fail = (): never => {
  throw new Error('hostile')
}

/** An object whose property throws when it is read. */
export function throwing<T extends object>(target: T, ...names: readonly PropertyKey[]): T {
  for (const name of names) Object.defineProperty(target, name, { get: fail, enumerable: true, configurable: true })
  return target
}

export function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

export const TRAPS = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'] as const

export function trapped(target: object, ...traps: readonly (typeof TRAPS)[number][]): object {
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, fail])))
}
