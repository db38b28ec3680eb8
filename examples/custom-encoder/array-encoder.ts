import { type ByteBuffer, type Encoder, type Entry, type Fields, json, writeJsonText } from 'wideline'

/** An encoder of one's own: an array a line, `["<time>",<level>,"<message>",{<fields>}]`. */
export class ArrayEncoder implements Encoder {
  readonly reservedKeys: readonly string[] = []
  private readonly values = json()

  encode(entry: Entry, out: ByteBuffer): void {
    out.text(`["${new Date(entry.time[0]).toISOString()}",${entry.level},`)
    writeJsonText(out, entry.message ?? '')
    out.text(',')
    const open = out.length
    entry.context.write(this, entry, out) // what every line of this logger carries, without what the line has itself
    for (let row = 0; row < entry.count; row++) this.encodeField(entry, row, out, open + 262_144)
    if (out.length === open) out.text('{')
    else out.bytes[open] = 0x7b // each field begins with a comma: the first becomes the brace
    out.text('}]\n')
  }

  encodeField(fields: Fields, row: number, out: ByteBuffer, limit: number): boolean {
    return this.values.encodeField(fields, row, out, limit) // `,"key":value`
  }
}
