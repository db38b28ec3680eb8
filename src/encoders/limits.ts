/** Bounds on what one value and one line may cost. What is cut is marked where it was cut. */
export interface ValueLimits {
  /** Levels of objects within objects. */
  readonly maxDepth: number
  /** Items written of one array, object, Map or Set. */
  readonly maxItems: number
  /** UTF-16 units written of one string. */
  readonly maxStringLength: number
  /** Bytes of one line. */
  readonly maxLineBytes: number
}

/** The bounds that hold where nothing else is said. */
export const DEFAULT_LIMITS: ValueLimits = Object.freeze({
  maxDepth: 10,
  maxItems: 1000,
  maxStringLength: 65_536,
  maxLineBytes: 262_144,
})

/** A string of at most `max` UTF-16 units, and the count of those cut off. */
export function bounded(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…[+${text.length - max}]`
}
