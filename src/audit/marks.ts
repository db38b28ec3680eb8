/** With more lines than this since the last signed cut, a cut carries no marks. */
export const MAX_MARKS = 16_384

/** The 32-bit FNV-1a of a line: tells which line differs, and proves nothing. As a signed integer. */
export function markOf(bytes: Uint8Array, from: number, to: number): number {
  let mark = 0x811c9dc5 | 0
  for (let i = from; i < to; i++) mark = Math.imul(mark ^ bytes[i], 16_777_619)
  return mark
}

/** A list of marks that counts on where it keeps no more. */
class MarkList {
  count = 0
  private kept = new Int32Array(1_024)

  add(mark: number): void {
    const { count } = this
    this.count = count + 1
    if (count >= MAX_MARKS) return
    if (count === this.kept.length) {
      const larger = new Int32Array(count * 2)
      larger.set(this.kept)
      this.kept = larger
    }
    this.kept[count] = mark
  }

  get values(): Int32Array {
    return this.kept.subarray(0, Math.min(this.count, MAX_MARKS))
  }

  addAll(other: MarkList): void {
    for (const mark of other.values) this.add(mark)
    this.count += other.count - other.values.length
  }

  clear(): void {
    this.count = 0
  }
}

/** The marks of all lines since the last signed cut. */
export class Marks {
  /** Up to the last cut, which is not signed yet, and since. */
  private readonly untilCut = new MarkList()
  private readonly sinceCut = new MarkList()

  add(mark: number): void {
    this.sinceCut.add(mark)
  }

  /** The last line was a cut. */
  cut(): void {
    this.untilCut.addAll(this.sinceCut)
    this.sinceCut.clear()
  }

  /** The last cut is signed: its lines need no marks any more. */
  signed(): void {
    this.untilCut.clear()
  }

  /** Those since the last cut, signed or not. */
  sinceLastCut(): Int32Array {
    return this.sinceCut.values.slice()
  }

  /** Those since the last signed cut. Short where there are too many. */
  sinceSigned(): Int32Array {
    const all = new Int32Array(this.untilCut.values.length + this.sinceCut.values.length)
    all.set(this.untilCut.values)
    all.set(this.sinceCut.values, this.untilCut.values.length)
    return all
  }

  /** As a cut carries them: base64 of big-endian words, or nothing if they are too many. */
  toBase64(): string {
    if (this.untilCut.count + this.sinceCut.count > MAX_MARKS) return ''
    const marks = this.sinceSigned()
    const bytes = Buffer.allocUnsafe(marks.length * 4)
    for (let i = 0; i < marks.length; i++) bytes.writeInt32BE(marks[i], i * 4)
    return bytes.toString('base64')
  }
}

/** Marks as a cut carries them. */
export function marksFrom(base64: string): Int32Array {
  const bytes = Buffer.from(base64, 'base64')
  const marks = new Int32Array(bytes.length >> 2)
  for (let i = 0; i < marks.length; i++) marks[i] = bytes.readInt32BE(i * 4)
  return marks
}
