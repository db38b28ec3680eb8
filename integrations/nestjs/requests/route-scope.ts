import { AsyncLocalStorage } from 'node:async_hooks'
import { takesMessages } from '../units/entry-points.js'
import type { AdapterInternals } from './adapter-hooks.js'
import { replaceRoutes } from './replace-routes.js'

const scope = new AsyncLocalStorage<true>()

/** Whether it is a request that has called a method which takes messages too. */
export function isInRoute(): boolean {
  return scope.getStore() === true
}

/** Has the routes of methods that take messages too say so: the method's filters are the same for both. */
export function markRoutes(adapter: AdapterInternals): void {
  replaceRoutes(adapter, (_path, handler) =>
    takesMessages(handler) ? (...args) => scope.run(true, () => handler(...args)) : handler,
  )
}
