import fs from 'node:fs'
import path from 'node:path'

/** A file that rotation has named. */
export interface RotatedFile {
  readonly path: string
  /** When it was named, as epoch milliseconds. */
  readonly time: number
  readonly isCompressed: boolean
}

/**
 * Names of rotated files: `app.20261125T132455123Z-000.log` for `app.log`, so that they sort by their time. Two of the
 * same millisecond differ in the number behind it.
 */
export class RotatedNames {
  readonly folder: string
  private readonly stem: string
  private readonly extension: string
  private readonly pattern: RegExp
  /** The last name given: a clock that steps back must not make a name that sorts before it. */
  private last = ''

  constructor(filePath: string) {
    const { dir, name, ext } = path.parse(filePath)
    this.folder = dir
    this.stem = name
    this.extension = ext
    this.pattern = new RegExp(`^${escaped(name)}\\.(\\d{8}T\\d{9}Z-\\d{3,})${escaped(ext)}(\\.gz)?$`)
  }

  /** A name that nobody has had, after all others. */
  next(now: number): string {
    let newest = this.last
    for (const name of this.read()) {
      const mark = this.match(name)?.[1] ?? ''
      if (mark > newest) newest = mark
    }
    let mark = `${stampOf(now)}-000`
    if (mark <= newest) {
      const [stamp, number] = newest.split('-')
      // A fourth digit would sort before the third one's last.
      mark =
        Number(number) >= 999
          ? `${stampOf(timeOf(newest) + 1)}-000`
          : `${stamp}-${String(Number(number) + 1).padStart(3, '0')}`
    }
    this.last = mark
    return path.join(this.folder, `${this.stem}.${mark}${this.extension}`)
  }

  /** Whether a name, without folder, is of this form. */
  isOurs(name: string): boolean {
    return this.match(name) !== undefined
  }

  /** The files there are, oldest first. */
  list(): RotatedFile[] {
    const found: RotatedFile[] = []
    for (const name of this.read().toSorted()) {
      const match = this.match(name)
      if (match === undefined) continue
      found.push({ path: path.join(this.folder, name), time: timeOf(match[1]), isCompressed: match[2] !== undefined })
    }
    return found
  }

  /** A name's parts; undefined where it is not of this form, or names no time. */
  private match(name: string): RegExpExecArray | undefined {
    const match = this.pattern.exec(name)
    return match === null || Number.isNaN(timeOf(match[1])) ? undefined : match
  }

  private read(): string[] {
    return fs.readdirSync(this.folder)
  }
}

function stampOf(now: number): string {
  return new Date(now).toISOString().replace(/[-:.]/g, '')
}

function timeOf(mark: string): number {
  const iso = mark.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z.*$/, '$1-$2-$3T$4:$5:$6.$7Z')
  return Date.parse(iso)
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
