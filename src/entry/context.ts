import { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Fragment } from '../bytes/fragment.js'
import { FieldKind } from './field.js'
import { Fields } from './fields.js'
import type { Key, KeyTable } from './key.js'

const { string: STRING, duration: DURATION } = FieldKind

/** What a context needs of an encoder: one field, with whatever the format puts in front of it. */
export interface FieldEncoder {
  /**
   * @param limit - Where `out.length` should stop growing.
   * @returns whether the whole value is there, and not a mark in its place.
   */
  encodeField(fields: Fields, row: number, out: ByteBuffer, limit: number): boolean
}

/** A context's bytes in one encoder's format; field `i` ends before `ends[i]`. */
interface EncodedFields {
  readonly encoder: FieldEncoder
  readonly bytes: Fragment
  readonly ends: readonly number[]
}

/** A context is part of every line: its fields beyond this many bytes are left out. */
const MAX_BYTES = 131_072
/** What one field of a context may take. */
const MAX_FIELD_BYTES = 16_384

/** What the first line writes without keeping the bytes: so many fields, of texts of so many units. */
const MAX_SCALARS = 16
const MAX_SCALAR_UNITS = 1024

/** The scratch of the last encoding: a child logger a request would make a new one each time. */
let spare: ByteBuffer | undefined
const MAX_SPARE_BYTES = 16_384

let newestId = 0

/** @internal A number that no other context has. */
export function nextId(): number {
  newestId = (newestId + 1) & 0x3fffffff
  return newestId
}

/**
 * The fields every line of a child logger carries. A context is flat: its parent's fields are in it, without those it
 * overrides. Each encoder's bytes are made once: at the first line, or at the second where all values are short and plain.
 */
export class Context {
  /** @internal Another where it comes to stand for other fields: keys remember which contexts lack them. */
  id: number
  private encoded: EncodedFields | undefined = undefined
  private others: EncodedFields[] | undefined = undefined
  /** Whether no line was written yet. */
  private isNew = true

  constructor(
    /** As they were set. */
    readonly fields: Fields,
  ) {
    if (fields.table.scanner !== undefined) fields.scan()
    this.id = nextId()
  }

  /** The context of a logger that has no fields. */
  static empty(table: KeyTable): Context {
    return new Context(new Fields(table))
  }

  /** Whether it has no field. */
  get isEmpty(): boolean {
    return this.fields.count === 0
  }

  /** @internal It, with one field of each name: an encoder that came later may have renamed one to another's. */
  merged(): Context {
    const { fields } = this
    for (let row = 0; row < fields.count; row++) {
      if (fields.find(fields.keys[row]) !== row) return new Context(new Fields(fields.table).append(fields))
    }
    return this
  }

  /** @internal Whether it has no field of this key. */
  lacks(key: Key): boolean {
    if (key.clearOf === this.id) return true
    if (this.fields.has(key)) return false
    key.clearOf = this.id
    return true
  }

  /** @internal Whether the line itself has a field of the same key. */
  isShadowedBy(line: Fields): boolean {
    const { keys, count } = line
    for (let row = 0; row < count; row++) if (!this.lacks(keys[row])) return true
    return false
  }

  /** @internal The bytes of all fields, where they are made already. */
  madeFor(encoder: FieldEncoder): Fragment | undefined {
    const { encoded } = this
    return encoded !== undefined && encoded.encoder === encoder ? encoded.bytes : undefined
  }

  /** Appends the fields, except those that the line itself has. */
  write(encoder: FieldEncoder, line: Fields, out: ByteBuffer): void {
    if (this.isNew && this.isScalar()) this.writeOnce(encoder, line, out)
    else this.writeMade(this.encode(encoder), line, out)
  }

  /** @internal For the first line, which is the only one of many a child: making the bytes costs more than writing them. */
  protected writeOnce(encoder: FieldEncoder, line: Fields, out: ByteBuffer): void {
    this.isNew = false
    const { keys, count } = this.fields
    for (let row = 0; row < count; row++) {
      if (!line.has(keys[row])) encoder.encodeField(this.fields, row, out, out.length + MAX_FIELD_BYTES)
    }
  }

  /** Appends the bytes of the fields, less those of fields that the line itself has. */
  private writeMade({ bytes, ends }: EncodedFields, line: Fields, out: ByteBuffer): void {
    const { keys } = this.fields
    const start = out.length
    out.fragment(bytes)
    if (!this.isShadowedBy(line)) return
    let at = start
    for (let row = 0; row < ends.length; row++) {
      if (line.has(keys[row])) continue
      const from = row === 0 ? 0 : ends[row - 1]
      out.bytes.copyWithin(at, start + from, start + ends[row])
      at += ends[row] - from
    }
    out.length = at
  }

  /** Whether every value is a short text or a number, which reads the same again. */
  private isScalar(): boolean {
    const { kinds, values, count } = this.fields
    for (let row = 0; row < count; row++) {
      const kind = kinds[row]
      if (kind > DURATION || (kind === STRING && (values[row] as string).length > MAX_SCALAR_UNITS)) return false
    }
    return count <= MAX_SCALARS
  }

  private encode(encoder: FieldEncoder): EncodedFields {
    if (this.encoded?.encoder === encoder) return this.encoded
    if (this.others !== undefined) for (const known of this.others) if (known.encoder === encoder) return known
    this.isNew = false
    // A value may log while it is read, and so encode another context: that one gets a buffer of its own.
    const out = spare ?? new ByteBuffer(1024)
    spare = undefined
    const ends: number[] = []
    let room = MAX_FIELD_BYTES
    for (let row = 0; row < this.fields.count && out.length < MAX_BYTES; row++) {
      // Once a value was too large, the others get little room: a thousand large ones must not take a second.
      if (!encoder.encodeField(this.fields, row, out, out.length + room)) room = MAX_FIELD_BYTES >> 4
      ends.push(out.length)
    }
    const encoded = { encoder, bytes: out.toFragment(), ends }
    out.length = 0
    if (out.bytes.length <= MAX_SPARE_BYTES) spare = out
    if (this.encoded === undefined) this.encoded = encoded
    else (this.others ??= []).push(encoded)
    return encoded
  }
}
