import type { Context } from './context.js'
import { Fields } from './fields.js'
import type { FieldWriter, WriterTypes } from './field.js'
import type { KeyTable } from './key.js'

/** Takes a finished entry, writes it and gives it back to its pool. */
export interface EntryReceiver {
  /** Takes the entry over, and gives it back to its pool. */
  receive(entry: Entry): void
}

/** A line under construction: any number of typed fields, then one `msg()` or `send()`, which writes it. */
export interface TypedLine<Types extends WriterTypes = WriterTypes> extends FieldWriter<Types> {
  /** Adds the fields of a set. One that is named like a reserved key gets a leading underscore. */
  append(fields: Fields, reserved?: ReadonlySet<string>): this
  /** Writes the line with this message. The line must not be used afterwards. */
  msg(message: string): void
  /** Writes the line without a message. The line must not be used afterwards. */
  send(): void
}

/** One log call as data. Lives in an {@link EntryPool}; whoever took it gives it back. */
export class Entry extends Fields implements TypedLine {
  /** The number of its level: 30 is info. */
  level = 0
  /** Milliseconds since the epoch: a place, so that no call has to box it. */
  readonly time: Float64Array = new Float64Array(1)
  /** The logger's name; empty without one. */
  logger = ''
  /** Undefined without one. */
  message: string | undefined = undefined
  /** Fields of its logger, which every line of it has. */
  context: Context
  /** Whether nobody uses it: it belongs to the pool. */
  isFree = false
  /** Whoever would take it, were it not for a scope that takes it first. */
  origin: EntryReceiver | undefined = undefined
  /** Whether hooks have seen it already: one scope had no use for it, and it is on its way to the next. */
  isHooked = false
  private receiver: EntryReceiver | undefined = undefined

  /**
   * @param usual - Whoever takes most entries of its pool. Asked by a call of its own, which V8 compiles for one class of
   *   receivers whatever others there are.
   */
  constructor(
    table: KeyTable,
    private readonly noContext: Context,
    private readonly usual?: EntryReceiver,
  ) {
    super(table)
    this.context = noContext
  }

  /** Readies a taken entry for a line. Compares before it stores: a store of a reference costs more than a look. */
  begin(receiver: EntryReceiver, level: number, logger: string, context: Context): void {
    this.renew()
    if (this.message !== undefined) this.message = undefined
    this.level = level
    if (this.receiver !== receiver) this.receiver = receiver
    if (this.logger !== logger) this.logger = logger
    if (this.context !== context) this.context = context
  }

  /** Has somebody else take the line, who is told where it would have gone. */
  divert(to: EntryReceiver): void {
    this.origin = this.receiver
    this.receiver = to
  }

  msg(message: string): void {
    this.message = message
    this.send()
  }

  send(): void {
    const { receiver, usual } = this
    if (this.isFree || receiver === undefined) return
    if (this.table.scanner !== undefined) this.scan()
    if (receiver === usual) usual.receive(this)
    else receiver.receive(this)
  }

  /** Hides secrets by their form in the message too. */
  override scan(): void {
    super.scan()
    const { scanner } = this.table
    if (this.message !== undefined && scanner !== undefined) this.message = scanner.scan(this.message)
  }

  /** The same line with one text in place of its fields and its context. */
  reduced(key: string, text: string): Entry {
    const entry = new Entry(this.table, this.noContext)
    entry.level = this.level
    entry.time[0] = this.time[0]
    entry.logger = this.logger
    entry.message = this.message
    entry.string(key, text).scan()
    return entry
  }

  /** Lets go of everything the line held. */
  override clear(): void {
    super.clear()
    this.isHooked = false
    this.message = undefined
    this.context = this.noContext
  }
}
