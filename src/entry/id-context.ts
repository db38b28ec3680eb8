import { ByteBuffer } from '../bytes/byte-buffer.js'
import { FRAGMENT_SLACK } from '../bytes/fragment.js'
import { unitAt } from '../bytes/unit-at.js'
import { Context, type FieldEncoder, nextId } from './context.js'
import { FieldKind } from './field.js'
import { Fields } from './fields.js'
import type { Key, KeyTable } from './key.js'
import type { TracePosition } from './trace-position.js'

const START_BYTES = 128
const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * The ids of a unit, behind the context of whichever logger writes a line of it. One for all units of a family, whose lines mostly
 * come together: one for each would be out of the processor's caches when its first line comes.
 */
export class IdContext extends Context {
  private base: Context | undefined = undefined
  /** That it stood for other fields, too, where it has ids itself. */
  private baseId = 0
  /** The bytes of the ids, as this encoder makes them. */
  private readonly bytes: ByteBuffer = new ByteBuffer(START_BYTES)
  private madeBy: FieldEncoder | undefined = undefined
  /** How many keys had been renamed when it was. */
  private renames = 0
  /** How many ids it had then; -1 where it has other names since. */
  private names = -1
  /** Where the ids end that it has taken. */
  private end = 0
  /** Whether a line is under way with it, which ends that: what a value of the line logs must not put it elsewhere. */
  isInUse = false
  /** Whose ids they are. */
  owner: object | undefined = undefined
  /** Where the unit stands in a trace; undefined where the ids say all. */
  at: TracePosition | undefined = undefined

  constructor(table: KeyTable) {
    super(new Fields(table))
  }

  /** Forgets the ids, and whose they are: not while a line is under way with them. Their bytes stay, for others as long. */
  clear(): void {
    this.fields.clear()
    this.owner = undefined
    this.base = undefined
    this.at = undefined
    this.end = 0
  }

  /** Takes an id, as a text. Made into bytes anew, it takes 0.3 µs between other work. */
  string(name: string, id: string): void {
    const { fields } = this
    const { keys, kinds, count } = fields
    const key: Key | undefined = keys[count]
    if (key?.name === name && kinds[count] === FieldKind.string && this.exchange(key.json.length + 1, id)) {
      fields.values[count] = id
      fields.count++
    } else {
      this.madeBy = undefined
      this.names = -1
      fields.string(name, id)
    }
  }

  /** Puts an id in the place of one before. They are as long where all of them end as the bytes do, for no quote is within one. */
  private exchange(head: number, id: string): boolean {
    const { bytes } = this.bytes
    let at = this.end + head
    this.end = at + id.length + 1
    for (let i = 0; i < id.length; i++, at++) {
      const unit = unitAt(id, i)
      if (!isPlain(unit) || !isPlain(bytes[at])) return false
      bytes[at] = unit
    }
    return true
  }

  /**
   * Stands behind another context from now on.
   *
   * @returns what a line is written with; undefined where there are no ids, and where the context has a field that is named like
   *   one, which a line's own would take the place of.
   */
  behind(base: Context): this | undefined {
    const { fields } = this
    const { renames } = fields.table
    if (this.isEmpty) return undefined
    if (base.id !== this.baseId || renames !== this.renames || fields.count !== this.names) {
      if (base.isShadowedBy(fields)) return undefined
      if (renames !== this.renames) this.madeBy = undefined
      this.id = nextId()
      this.baseId = base.id
      this.renames = renames
      this.names = fields.count
    }
    this.base = base
    return this
  }

  override lacks(key: Key): boolean {
    return key.clearOf === this.id || (this.base!.lacks(key) && super.lacks(key))
  }

  override write(encoder: FieldEncoder, line: Fields, out: ByteBuffer): void {
    const { bytes } = this
    const base = this.base!
    if (!base.isEmpty) base.write(encoder, line, out)
    if (line.count > 0 && this.isShadowedBy(line)) {
      this.writeOnce(encoder, line, out)
      return
    }
    if (this.madeBy !== encoder || this.end !== bytes.length) {
      bytes.length = 0
      this.writeOnce(encoder, line, bytes)
      bytes.endWords()
      this.madeBy = encoder
      this.end = bytes.length
    }
    // As copyFrom(), without its look for NaNs: only json() comes here, and no eight bytes of its text are one. 6 of 30 ns less.
    const { length, view: from } = bytes
    out.reserve(length + FRAGMENT_SLACK)
    const { length: at, view: to } = out
    for (let i = 0; i < length; i += 8) to.setFloat64(at + i, from.getFloat64(i, true), true)
    out.length = at + length
  }
}

/** Whether JSON has a unit, or a byte, as it is. */
function isPlain(unit: number): boolean {
  return unit > QUOTE && unit < 0x7f && unit !== BACKSLASH
}
