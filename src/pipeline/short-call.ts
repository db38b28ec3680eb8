import type { Context } from '../entry/context.js'
import { DeclaredSet, type SetPlan } from '../entry/field.js'
import { ERROR_KEY } from '../entry/is-error.js'
import { isPlainObject } from '../entry/is-plain-object.js'
import type { KeyTable } from '../entry/key.js'
import { isLoggable } from '../entry/loggable.js'
import type { TracePosition } from '../entry/trace-position.js'
import type { PlainText } from './plain-text.js'
import type { ShortWay } from './short-way.js'

/** Writes a call of a message and fields the short way. Returns false where it needs an entry. */
export function writeShort(
  way: ShortWay,
  level: number,
  logger: string,
  context: Context,
  plain: PlainText,
  count: number,
  first: unknown,
  second: unknown,
  third: unknown,
  own: TracePosition | undefined,
): boolean {
  if (count === 1) {
    if (typeof first === 'string') return way.write(level, logger, context, first, undefined, undefined, own)
    return (
      isLiteral(first) && namesNoError(first) && way.write(level, logger, context, undefined, first, undefined, own)
    )
  }
  if (count === 2) {
    if (typeof first === 'string')
      return isLiteral(second) && plain.has(first) && way.write(level, logger, context, first, second, undefined, own)
    return (
      typeof second === 'string' &&
      isLiteral(first) &&
      plain.has(second) &&
      way.write(level, logger, context, second, first, undefined, own)
    )
  }
  if (count !== 3 || typeof first !== 'string' || !isPlainObject(third)) return false
  const plan = planOf(second, context.fields.table)
  return plan !== undefined && way.write(level, logger, context, first, third, plan, own)
}

/** Whether no error among the fields may give the line its message: as it does where there is no other. */
function namesNoError(bag: object): boolean {
  try {
    return !('err' in bag || ERROR_KEY in bag)
  } catch {
    return false
  }
}

function planOf(set: unknown, table: KeyTable): SetPlan | undefined {
  try {
    return set instanceof DeclaredSet ? set.planFor(table) : undefined
  } catch {
    // A proxy that does not tell what it is.
    return undefined
  }
}

function isLiteral(value: unknown): value is object {
  try {
    return isPlainObject(value) && !isLoggable(value)
  } catch {
    return false
  }
}
