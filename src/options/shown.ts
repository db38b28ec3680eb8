import { isObject } from './is-object.js'

/** A value in an error's message: what it is, where it is no text or number. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (value instanceof Promise) return 'a promise'
  if (value instanceof Map) return 'a map'
  if (value instanceof Set) return 'a set'
  if (isObject(value)) return 'an object'
  return String(value)
}
