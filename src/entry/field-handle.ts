import type { FieldBag, FieldWriter } from './field.js'

/** What a handle writes to: a set's columns. */
interface Columns extends FieldWriter {
  all(bag: FieldBag, values?: object): this
}

/** Writers for code that may keep them: without fields to write to they do nothing, so none reaches another line's. */
export class FieldHandle<Target extends Columns = Columns> implements FieldWriter {
  /** Taken back when their time is over. */
  fields: Target | undefined = undefined

  string(key: string, value: string | null | undefined): this {
    this.fields?.string(key, value)
    return this
  }

  int(key: string, value: number | null | undefined): this {
    this.fields?.int(key, value)
    return this
  }

  float(key: string, value: number | null | undefined): this {
    this.fields?.float(key, value)
    return this
  }

  bool(key: string, value: boolean | null | undefined): this {
    this.fields?.bool(key, value)
    return this
  }

  bigint(key: string, value: bigint | null | undefined): this {
    this.fields?.bigint(key, value)
    return this
  }

  timestamp(key: string, value: Date | number | null | undefined): this {
    this.fields?.timestamp(key, value)
    return this
  }

  duration(key: string, value: number | null | undefined): this {
    this.fields?.duration(key, value)
    return this
  }

  error(key: string, value: unknown): this {
    this.fields?.error(key, value)
    return this
  }

  any(key: string, value: unknown): this {
    this.fields?.any(key, value)
    return this
  }

  all(bag: FieldBag, values?: object): this {
    this.fields?.all(bag, values)
    return this
  }
}
