import type { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Fragment } from '../bytes/fragment.js'
import type { Entry } from '../entry/entry.js'
import type { Fields } from '../entry/fields.js'
import type { Key } from '../entry/key.js'
import type { Encoder } from './encoder.js'
import { errorParts } from './error-parts.js'
import { JsonEncoder } from './json-encoder.js'
import type { JsonSettings } from './json-options.js'
import { flatName, writeFlat } from './flat-value.js'
import { keyFragment } from './line-head.js'
import { LinePlan } from './line-plan.js'
import { namesOf, type PresetNames, topName } from './preset-names.js'
import type { Preset, Slot } from './presets/preset.js'
import { asIs, type WriteSlot } from './presets/values.js'

const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const NEWLINE = 0x0a

/** A slot with its bytes ready. */
interface ReadySlot {
  readonly key: Fragment
  readonly top: string
  readonly group: string | undefined
  readonly groupKey: Fragment | undefined
  readonly isInside: boolean
  readonly write: WriteSlot
}

/**
 * One JSON object a line, in which some fields stand elsewhere than under their names. See `json`.
 *
 * A line's fields are first looked through for those that the format has a place for ({@link LinePlan}); these are
 * written in the format's order, all others then as they come. A context's bytes are made without the fields that may
 * have a place: such a field is written for each line, because it may share an object with the line's own.
 */
export class PresetJsonEncoder implements Encoder {
  readonly reservedKeys: readonly string[]
  private readonly json: JsonEncoder
  private readonly preset: Preset
  private readonly names: PresetNames
  private readonly slots: readonly ReadySlot[]
  private readonly errorKeys: ReadonlyMap<string, Fragment>
  private readonly sectionKey: Fragment | undefined
  /** Taken by the line under way; a line that is written within it makes another. */
  private spare: LinePlan | undefined

  constructor(settings: JsonSettings, preset: Preset) {
    this.preset = preset
    this.json = new JsonEncoder(settings.limits, settings.format)
    this.names = namesOf(preset, settings.errorNames)
    this.reservedKeys = this.names.reserved
    this.slots = preset.slots.map(ready)
    this.errorKeys = new Map(preset.error.keys.map((key) => [key, keyFragment(key)]))
    this.sectionKey = preset.section === undefined ? undefined : keyFragment(preset.section)
    this.spare = new LinePlan(this.names)
  }

  encode(entry: Entry, out: ByteBuffer): void {
    const limit = out.length + this.json.limits.maxLineBytes
    const head = this.json.start(entry, out)
    out.fragment(head.end)
    const plan = this.spare ?? new LinePlan(this.names)
    this.spare = undefined
    try {
      plan.read(entry)
      this.body(plan, entry, out, limit)
    } finally {
      plan.clear()
      this.spare = plan
    }
    out.byte(CLOSE_BRACE)
    out.byte(NEWLINE)
  }

  /** A field of a context, unless it has to wait for the line. */
  encodeField(fields: Fields, row: number, out: ByteBuffer, limit: number): boolean {
    if (this.names.mayMove(fields.keys[row].name)) return true
    return this.field(undefined, fields, row, 1, out, limit)
  }

  private body(plan: LinePlan, entry: Entry, out: ByteBuffer, limit: number): void {
    const { sectionKey, preset } = this
    this.placed(plan, false, out, limit)
    if (!preset.error.isInside) this.error(plan, out, limit)
    for (let i = 0; i < plan.lifted.count; i++) {
      if (!this.field(plan, plan.lifted.fields[i], plan.lifted.rows[i], plan.lifted.count - i, out, limit)) break
    }
    const start = out.length
    if (sectionKey !== undefined) out.fragment(sectionKey)
    const open = out.length
    this.placed(plan, true, out, limit)
    if (preset.error.isInside) this.error(plan, out, limit)
    if (!entry.context.isEmpty) entry.context.write(this, entry, out)
    this.others(plan, entry, out, limit)
    if (sectionKey !== undefined) closeObject(out, start, open)
  }

  /** The fields that have a place, in the format's order; those of a group in one object. */
  private placed(plan: LinePlan, isInside: boolean, out: ByteBuffer, limit: number): void {
    const { slots } = this
    let group: string | undefined
    let start = 0
    let open = 0
    for (let i = 0; i < slots.length; i++) {
      const fields = plan.fields[i]
      const slot = slots[i]
      if (fields === undefined || slot.isInside !== isInside) continue
      if (slot.group !== group) {
        if (group !== undefined) closeObject(out, start, open)
        group = slot.group
        start = out.length
        if (slot.groupKey !== undefined) out.fragment(slot.groupKey)
        open = out.length
      }
      const before = out.length
      out.fragment(slot.key)
      if (!slot.write(this.json, fields, plan.rows[i], out, limit)) out.length = before
      else if (out.length > limit) this.cut(out, before, slot.key, 1)
    }
    if (group !== undefined) closeObject(out, start, open)
  }

  private error(plan: LinePlan, out: ByteBuffer, limit: number): void {
    const { errorFields: fields, errorRow: row } = plan
    if (fields === undefined) return
    const { error, isFlat } = this.preset
    for (const { key, value, isText } of error.pairs(errorParts(fields.values[row], fields.table, fields.keys[row]))) {
      if (value === undefined) continue
      const start = out.length
      const name = this.errorKeys.get(key)!
      out.fragment(name)
      const at = out.length
      const isWritten =
        isText === true
          ? this.json.encodeAny(value, fields.keys[row], fields.table, out, limit)
          : this.json.encodeParts(value, fields, row, out, limit)
      if (!isWritten) out.length = start
      else {
        if (isText === true || (isFlat === true && error.isInside)) writeFlat(this.json, out, at)
        if (out.length > limit) this.cut(out, start, name, 1)
      }
    }
  }

  /** The line's fields that have no place, and those of its context that waited for nothing. */
  private others(plan: LinePlan, entry: Entry, out: ByteBuffer, limit: number): void {
    const { count } = entry
    for (let i = 0; i < plan.waited.count; i++) {
      const left = plan.waited.count - i + count
      if (!this.field(plan, plan.waited.fields[i], plan.waited.rows[i], left, out, limit)) return
    }
    for (let row = 0; row < count; row++) {
      if (plan.isPlaced[row] === 0 && !this.field(plan, entry, row, count - row, out, limit)) return
    }
  }

  /** One field under its own name. Returns false when the limit cut it, and so all that would follow, off. */
  private field(
    plan: LinePlan | undefined,
    fields: Fields,
    row: number,
    left: number,
    out: ByteBuffer,
    limit: number,
  ): boolean {
    const start = out.length
    const isFlat = this.preset.isFlat === true && !this.names.isPublic(fields.keys[row].name)
    const name = this.keyOf(plan, fields.keys[row], isFlat)
    out.fragment(name)
    const at = out.length
    if (!this.json.encodeValue(fields, row, out, limit)) out.length = start
    else if (isFlat) writeFlat(this.json, out, at)
    if (out.length <= limit) return true
    this.cut(out, start, name, left)
    return false
  }

  private keyOf(plan: LinePlan | undefined, key: Key, isFlat: boolean): Fragment {
    if (isFlat) return flatName(key)
    const isTaken = this.names.isTaken(key.name) || (plan?.hasSlots === true && this.isFilled(plan, key.name))
    return isTaken ? keyFragment(`_${key.name}`) : key.json
  }

  /** Whether a slot of this name is on the line, where such names are the application's else. */
  private isFilled(plan: LinePlan, name: string): boolean {
    const top = this.names.yielded(name)
    return top !== undefined && this.slots.some((slot, i) => slot.top === top && plan.fields[i] !== undefined)
  }

  private cut(out: ByteBuffer, start: number, name: Fragment, left: number): void {
    out.length = start
    out.fragment(name)
    this.json.encodeText(`[Cut: ${left} fields, line over ${this.json.limits.maxLineBytes} bytes]`, out)
  }
}

function ready(slot: Slot): ReadySlot {
  const { to, group, isInside = false, write = asIs } = slot
  const groupKey = group === undefined ? undefined : keyFragment(group)
  return { key: keyFragment(to), top: topName(slot), group, groupKey, isInside, write }
}

/** Ends an object whose key began at `start` and whose pairs began at `open`; one without pairs is taken back. */
function closeObject(out: ByteBuffer, start: number, open: number): void {
  if (out.length === open) {
    out.length = start
    return
  }
  // The comma in front of its first pair becomes the brace.
  out.bytes[open] = OPEN_BRACE
  out.byte(CLOSE_BRACE)
}
