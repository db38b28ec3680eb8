/**
 * Timers as they are when the package is loaded. A test that puts its own in their place, and does not move them on, would
 * have a flush or a close wait for ever.
 */
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate

/** Milliseconds since some fixed moment, by the same right. */
export const ticks: () => number = performance.now.bind(performance)
