import { reasonText } from '../entry/reason-text.js'
import { FieldKind, type FieldKindName, type PlannedField, type SetPlan } from '../entry/field.js'
import { FieldError } from '../entry/field-error.js'
import { CENSORED, type Fields } from '../entry/fields.js'
import type { Key } from '../entry/key.js'
import { atOnce } from '../options/at-once.js'
import type { Scanner } from '../redaction/scanner.js'
import { convert, UNFIT } from './convert.js'
import type { DeclaredField, InvalidPolicy } from './field-options.js'
import { hashed, lastFour } from './redact.js'
import { Unreadable } from './unreadable.js'

const { string, int, float, bool, duration } = FieldKind
/** Of more fields than these a line may have no room for all: that is for the columns to find out. */
const MAX_PLAN = 256
const SCALARS: ReadonlySet<number> = new Set([string, int, float, bool, duration])

/** Of a value in a message, at most. */
const SHOWN_UNITS = 40

/** Told of a value that was not written as declared. */
export type InvalidListener = (key: string, reason: string) => void

/** A declared field with all that follows from its declaration. */
export class CompiledField {
  readonly key: string
  readonly base: FieldKindName
  /** The column's kind where a value of the right type needs nothing more than to be stored, else 0. */
  readonly plainKind: FieldKind | 0
  private readonly policy: InvalidPolicy

  constructor(
    /** What the value is called in its object. */
    readonly property: PropertyKey,
    readonly field: DeclaredField,
    policy: InvalidPolicy,
  ) {
    const { kind, options } = field
    this.key = options.key ?? String(property)
    this.base = kind.base
    const isSimple =
      options.redact === undefined &&
      options.validate === undefined &&
      typeof options.coerce !== 'function' &&
      kind.coerce === undefined
    this.plainKind = isSimple ? FieldKind[kind.base] : 0
    this.policy = options.onInvalid ?? policy
  }

  /**
   * Whether an encoder can write all its values that are good: texts, numbers or truth values that need nothing more, of which
   * none throws, under a key that no other field of the set has, for a value or to say why there is none.
   */
  isPlanned(keys: readonly Key[], index: number): boolean {
    if (keys.length > MAX_PLAN || !SCALARS.has(this.plainKind) || this.policy === 'throw') return false
    if (keys[index].plainName === undefined) return false
    const { name } = keys[index]
    const mark = `${name}Error`
    return keys.every((other, at) => at === index || (other.name !== name && other.name !== mark))
  }

  /**
   * Writes any value as its declaration says.
   *
   * @returns whether the value was good.
   * @throws FieldError where the declaration asks for it.
   */
  write(to: Fields, value: unknown, listener: InvalidListener | undefined): boolean {
    const { key, base } = this
    const { redact } = this.field.options
    if (value === undefined || redact === 'remove') return true
    if (Unreadable.is(value)) return this.invalid(to, this.throwing(to, value.reason), listener)
    if (value === null) to.any(key, null)
    else if (redact === 'mask') to.string(key, CENSORED)
    else {
      let usable: unknown
      /** What the options' functions take: the base of a kind of the application's own is not what it declared. */
      let own: unknown
      let problem: string | undefined
      try {
        own = this.made(value)
        usable = this.usable(own)
        if (this.field.kind.coerce === undefined) own = usable
        problem = usable === UNFIT ? this.unfit(to, value) : this.objection(to, own)
      } catch (reason) {
        problem = this.throwing(to, reason)
      }
      if (problem !== undefined) return this.invalid(to, problem, listener)
      if (usable === null) to.any(key, null)
      else if (redact === undefined) to[base](key, usable as never)
      else this.redacted(to, redact, usable, own)
    }
    return true
  }

  /** What the field's own function makes of a value. */
  private made(value: unknown): unknown {
    const { coerce } = this.field.options
    return typeof coerce === 'function' ? atOnce(coerce(value as never)) : value
  }

  /** A value of the base kind, {@link UNFIT}, or null. */
  private usable(made: unknown): unknown {
    const { kind, options } = this.field
    const isThere = made !== null && made !== undefined
    const base = isThere && kind.coerce !== undefined ? atOnce(kind.coerce(made as never)) : made
    if (base === null) return null
    if (base === undefined) return UNFIT
    return convert(this.base, base, options.coerce === false)
  }

  private objection(to: Fields, value: unknown): string | undefined {
    const { validate } = this.field.options
    if (validate === undefined || value === null) return undefined
    const verdict = atOnce(validate(value as never))
    if (verdict === true) return undefined
    // In words of the application's, which may hold the value.
    return typeof verdict === 'string' && !this.isHidden(to) ? verdict : 'is not valid'
  }

  private redacted(
    to: Fields,
    redact: NonNullable<DeclaredField['options']['redact']>,
    value: unknown,
    own: unknown,
  ): void {
    let written: unknown = CENSORED
    try {
      if (redact === 'hash') written = hashed(value)
      else if (redact === 'last4') written = lastFour(value)
      else if (typeof redact === 'function') written = atOnce(redact(own as never))
    } catch {
      // A redactor that fails censors: its error may hold the value.
      written = CENSORED
    }
    if (written !== undefined) to.any(this.key, written)
  }

  private unfit(to: Fields, value: unknown): string {
    return `expected ${this.field.kind.name}, got ${described(value, this.isHidden(to), to.table.scanner)}`
  }

  private throwing(to: Fields, reason: unknown): string {
    return this.isHidden(to) ? 'throws' : `throws: ${reasonText(reason)}`
  }

  /** Whether nothing of the value may be told: it is redacted, by its declaration, by its name or, in some place, by a path. */
  private isHidden(to: Fields): boolean {
    const key = to.table.intern(this.key)
    return this.field.options.redact !== undefined || key.isSecret || key.number !== 0
  }

  private invalid(to: Fields, reason: string, listener: InvalidListener | undefined): false {
    if (this.policy === 'throw' && listener === undefined && isDevelopment()) throw new FieldError(this.key, reason)
    if (this.policy !== 'drop') to.string(`${this.key}Error`, reason)
    listener?.(this.key, reason)
    return false
  }
}

function isDevelopment(): boolean {
  const mode = process.env['NODE_ENV']
  return mode === 'development' || mode === 'test'
}

function described(value: unknown, isHidden: boolean, scanner: Scanner | undefined): string {
  const type = Array.isArray(value) ? 'array' : typeof value
  if (isHidden || type === 'object' || type === 'array' || type === 'function' || type === 'symbol') return type
  const whole = String(value)
  // Before it is cut: half a secret has no form that anybody would find.
  const text = scanner === undefined ? whole : scanner.scan(whole)
  const shown = text.length > SHOWN_UNITS ? `${text.slice(0, SHOWN_UNITS)}…` : text
  return `${type} ${type === 'string' ? JSON.stringify(shown) : shown}`
}

/**
 * A declared set for an encoder; undefined where one cannot write it.
 *
 * @param keys - Of the fields, in the order of the declaration.
 * @param put - See {@link SetPlan.put}.
 */
export function planOf(
  compiled: readonly CompiledField[],
  keys: readonly Key[],
  put: SetPlan['put'],
): SetPlan | undefined {
  if (keys.length === 0 || !compiled.every((field, index) => field.isPlanned(keys, index))) return undefined
  const fields = compiled.map(({ property: name, plainKind: kind }, index) => {
    const key = keys[index]
    return { name, index, kind, key, json: key.json } as PlannedField
  })
  for (const field of fields) field.next = fields[(field.index + 1) % fields.length]
  return { first: fields[0], fields: new Map(fields.map((field) => [field.name, field])), put }
}
