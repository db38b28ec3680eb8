import type { FieldBag, FieldWriter } from '../entry/field.js'
import type { UnitRecord } from './unit-record.js'

/** The typed writers of a wide line. A handle of its own: one kept past the unit reaches no other's record. */
export class UnitFields implements FieldWriter {
  constructor(private readonly log: { open(): UnitRecord | undefined }) {}

  string(key: string, value: string | null | undefined): this {
    this.log.open()?.fields.string(key, value)
    return this
  }

  int(key: string, value: number | null | undefined): this {
    this.log.open()?.fields.int(key, value)
    return this
  }

  float(key: string, value: number | null | undefined): this {
    this.log.open()?.fields.float(key, value)
    return this
  }

  bool(key: string, value: boolean | null | undefined): this {
    this.log.open()?.fields.bool(key, value)
    return this
  }

  bigint(key: string, value: bigint | null | undefined): this {
    this.log.open()?.fields.bigint(key, value)
    return this
  }

  timestamp(key: string, value: Date | number | null | undefined): this {
    this.log.open()?.fields.timestamp(key, value)
    return this
  }

  duration(key: string, value: number | null | undefined): this {
    this.log.open()?.fields.duration(key, value)
    return this
  }

  error(key: string, value: unknown): this {
    this.log.open()?.fields.error(key, value)
    return this
  }

  any(key: string, value: unknown): this {
    this.log.open()?.fields.any(key, value)
    return this
  }

  all(bag: FieldBag, values?: object): this {
    this.log.open()?.fields.all(bag, values)
    return this
  }
}
