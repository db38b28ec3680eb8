/** What is used of Nest's record of one filter or pipe. */
export interface Enhancer {
  readonly instance: unknown
  readonly isTransient: boolean
  isDependencyTreeStatic(): boolean
  getInstanceByContextId(...args: never[]): { readonly instance: unknown }
}

/** Looks at the one instance of a filter or pipe; at those of a request's own scope, or of each user's, as they come. */
export function observeInstances(wrapper: Enhancer, observe: (instance: unknown) => void): void {
  if (wrapper.isDependencyTreeStatic() && !wrapper.isTransient) {
    observe(wrapper.instance)
    return
  }
  const original = wrapper.getInstanceByContextId
  wrapper.getInstanceByContextId = function (...args) {
    const host = original.apply(this, args)
    observe(host.instance)
    return host
  }
}
