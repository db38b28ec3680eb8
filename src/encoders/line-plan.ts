import type { Context } from '../entry/context.js'
import type { Entry } from '../entry/entry.js'
import { FieldKind } from '../entry/field.js'
import type { Fields } from '../entry/fields.js'
import { holdsError } from '../entry/holds-error.js'
import type { PresetNames } from './preset-names.js'

const { string: STRING, duration: DURATION } = FieldKind

/** Fields of a line and of its context, by their places. */
class FieldList {
  count = 0
  readonly fields: Fields[] = []
  readonly rows: number[] = []

  add(fields: Fields, row: number): void {
    this.fields[this.count] = fields
    this.rows[this.count++] = row
  }

  remove(fields: Fields, row: number): void {
    const at = this.rows.findIndex((each, i) => i < this.count && each === row && this.fields[i] === fields)
    if (at < 0) return
    this.fields.splice(at, 1)
    this.rows.splice(at, 1)
    this.count--
  }

  clear(): void {
    this.count = 0
    this.fields.length = 0
    this.rows.length = 0
  }
}

/** Which field of one line has which place in a preset's format. Owned by the encoder while it writes that line. */
export class LinePlan {
  /** By slot: the fields it stands among, or undefined when the slot stays empty. */
  readonly fields: (Fields | undefined)[]
  readonly rows: number[]
  /** By row of the line: 1 when it has a place. */
  isPlaced: Uint8Array = new Uint8Array(64)
  errorFields: Fields | undefined = undefined
  errorRow = 0
  /** Whether any slot is filled. */
  hasSlots = false
  /** Fields whose names are the format's own. */
  readonly lifted: FieldList = new FieldList()
  /** Fields of the context that could have had a place and have none. */
  readonly waited: FieldList = new FieldList()
  private readonly errorsFields: (Fields | undefined)[]
  private readonly errorsRows: number[]
  /** The rows of each context that may have a place. */
  private readonly movingRows = new WeakMap<Context, readonly number[]>()

  constructor(private readonly names: PresetNames) {
    this.fields = names.isOfRequest.map(() => undefined)
    this.rows = names.isOfRequest.map(() => 0)
    this.errorsFields = names.errors.map(() => undefined)
    this.errorsRows = names.errors.map(() => 0)
  }

  read(entry: Entry): void {
    const { count, context } = entry
    if (count > this.isPlaced.length) this.isPlaced = new Uint8Array(count * 2)
    const isRequest = isOfRequest(entry)
    for (let row = 0; row < count; row++) this.isPlaced[row] = this.place(entry, row, isRequest) ? 1 : 0
    if (!context.isEmpty) this.readContext(entry, context)
    this.chooseError(entry)
  }

  clear(): void {
    this.fields.fill(undefined)
    this.errorsFields.fill(undefined)
    this.errorFields = undefined
    this.hasSlots = false
    this.lifted.clear()
    this.waited.clear()
  }

  private place(fields: Fields, row: number, isRequest: boolean): boolean {
    const { names } = this
    const { name } = fields.keys[row]
    const slots = names.slots.get(name)
    let isPlaced = false
    if (slots !== undefined) {
      for (const slot of slots) {
        if (names.isOfRequest[slot] && !isRequest) continue
        this.fields[slot] = fields
        this.rows[slot] = row
        this.hasSlots = true
        isPlaced = true
      }
    }
    const error = names.errors.indexOf(name)
    if (error >= 0 && this.errorsFields[error] === undefined) {
      this.errorsFields[error] = fields
      this.errorsRows[error] = row
    } else if (!isPlaced && names.isPublic(name)) {
      this.lifted.add(fields, row)
      isPlaced = true
    }
    return isPlaced
  }

  private readContext(entry: Entry, context: Context): void {
    const { fields } = context
    let rows = this.movingRows.get(context)
    if (rows === undefined) {
      const { mayMove } = this.names
      rows = Array.from({ length: fields.count }, (_, row) => row).filter((row) => mayMove(fields.keys[row].name))
      this.movingRows.set(context, rows)
    }
    for (const row of rows) {
      if (!entry.has(fields.keys[row]) && !this.place(fields, row, false)) this.waited.add(fields, row)
    }
  }

  /** The first that is one. One that is not, but has the name of the error on the line, keeps the others from it. */
  private chooseError(entry: Entry): void {
    const { errors, ownError } = this.names
    for (let i = 0; i < errors.length; i++) {
      const fields = this.errorsFields[i]
      if (fields === undefined) continue
      const row = this.errorsRows[i]
      if (holdsError(fields, row)) {
        this.errorFields = fields
        this.errorRow = row
        if (fields === entry) this.isPlaced[row] = 1
        else this.waited.remove(fields, row)
        return
      }
      if (errors[i] === ownError) return
    }
  }
}

/** Whether a line is the one that a request ends with: it says what was asked, how it ended and how long it took. */
function isOfRequest({ count, keys, kinds }: Fields): boolean {
  let found = 0
  for (let row = 0; row < count; row++) {
    const kind = kinds[row]
    if (kind !== STRING && kind !== DURATION) continue
    const { name } = keys[row]
    if (name === 'durationMs' ? kind === DURATION : kind === STRING && (name === 'method' || name === 'outcome'))
      found++
  }
  return found === 3
}
