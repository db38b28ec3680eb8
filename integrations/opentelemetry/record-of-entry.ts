import {
  DEFAULT_LIMITS,
  type Entry,
  type ErrorParts,
  errorParts,
  FieldKind,
  type Fields,
  fullStack,
  isError,
  levelName,
  type PlainObject,
  type PlainValue,
  type PlainValues,
  plainValues,
  type TraceNames,
} from '../../src/index.js'
import { SEMANTIC_NAMES, semanticMethod, URL_PATH, URL_QUERY } from './http-semantics.js'
import type { LogRecord } from './logs-api.js'
import { ERROR_NAMES, messageText, noAttributes, safeName, SAID_OF_ERRORS, severityOf, timeOf } from './record-parts.js'
import { TraceOfLine } from './trace-of-line.js'
import { namesOf } from './trace-names.js'

/**
 * Makes the record of an entry: typed values stay what they are, the line's error becomes `exception.*`, and the trace that
 * it names becomes its context.
 *
 * @param isSemantic - Whether a wide line's keys get the names of the semantic conventions.
 */
export function recordOf(entry: Entry, isSemantic: boolean): LogRecord {
  const values = plainValues(DEFAULT_LIMITS, safeName)
  const builder = new RecordBuilder(values, isSemantic && isWideLine(entry), namesOf(entry.table))
  if (!entry.context.isEmpty) builder.addAll(entry.context.fields, entry)
  builder.addAll(entry, undefined)
  builder.addError()
  const record: LogRecord = {
    timestamp: timeOf(entry.time[0]),
    severityNumber: severityOf(entry.level),
    severityText: levelName(entry.level),
    body: entry.message === undefined ? undefined : values.text(entry.message),
    attributes: builder.attributes,
  }
  const context = builder.trace.context(builder.attributes)
  if (context !== undefined) record.context = context
  return record
}

class RecordBuilder {
  readonly attributes: PlainObject = noAttributes()
  readonly trace: TraceOfLine
  private errorFields: Fields | undefined = undefined
  private errorRow = 0
  private controller = ''
  private errorRank: number = ERROR_NAMES.length + 1

  constructor(
    private readonly values: PlainValues,
    private readonly isWide: boolean,
    names: TraceNames,
  ) {
    this.trace = new TraceOfLine(names)
  }

  /** @param nearer - Fields of the same name in there come instead. */
  addAll(fields: Fields, nearer: Fields | undefined): void {
    for (let row = 0; row < fields.count; row++) {
      const key = fields.keys[row]
      if (nearer !== undefined && nearer.has(key)) continue
      if (this.isError(fields, row, key.name)) continue
      const value = this.values.ofField(fields, row)
      if (value === undefined || this.trace.take(key.name, value)) continue
      if (this.isWide) this.putSemantic(key.name, value)
      else this.put(key.name, value)
    }
  }

  /** The error of the line, by the semantic conventions; what they have no name for stands under its own key. */
  addError(): void {
    const fields = this.errorFields
    if (fields === undefined) return
    const { table } = fields
    const key = fields.keys[this.errorRow]
    const parts = errorParts(fields.values[this.errorRow], table, key)
    this.put('exception.type', this.values.text(parts.type))
    const message = messageText(parts.message, this.values, table)
    if (message !== undefined) this.put('exception.message', message)
    const stack = fullStack(parts)
    if (stack !== undefined) this.put('exception.stacktrace', this.values.text(stack))
    const rest: Record<string, unknown> = {}
    for (const name of Object.keys(parts)) if (!SAID_OF_ERRORS.has(name)) rest[name] = parts[name]
    if (Object.keys(rest).length > 0) this.put(key.name, this.values.ofError(rest as ErrorParts, table))
  }

  /** Keeps the first error by rank; one that has to give way becomes a field like any other. */
  private isError(fields: Fields, row: number, name: string): boolean {
    if (fields.kinds[row] !== FieldKind.error && !isErrorValue(fields, row)) return false
    const found = ERROR_NAMES.indexOf(name)
    const rank = found < 0 ? ERROR_NAMES.length : found
    if (rank >= this.errorRank) return false
    if (this.errorFields !== undefined) {
      const before = this.values.ofField(this.errorFields, this.errorRow)
      if (before !== undefined) this.put(this.errorFields.keys[this.errorRow].name, before)
    }
    this.errorFields = fields
    this.errorRow = row
    this.errorRank = rank
    return true
  }

  private putSemantic(name: string, value: PlainValue): void {
    // One name for both, and the class comes first.
    if (name === 'controller' && typeof value === 'string') this.controller = `${value}.`
    else if (name === 'handler' && typeof value === 'string') this.put('code.function.name', this.controller + value)
    else this.putHttp(name, value)
  }

  private putHttp(name: string, value: PlainValue): void {
    if (name === 'url' && typeof value === 'string') {
      const query = value.indexOf('?')
      this.put(URL_PATH, query < 0 ? value : value.slice(0, query))
      if (query >= 0) this.put(URL_QUERY, value.slice(query + 1))
    } else if (name === 'method' && semanticMethod(value as string) !== value) {
      this.put(SEMANTIC_NAMES['method'], '_OTHER')
      this.put('http.request.method_original', value)
    } else this.put(Object.hasOwn(SEMANTIC_NAMES, name) ? SEMANTIC_NAMES[name] : name, value)
  }

  private put(name: string, value: PlainValue): void {
    this.attributes[safeName(name)] = value
  }
}

/** Whether it is the line that a request ends with: it says what was asked, how it ended and how long it took. */
function isWideLine({ count, keys, kinds }: Fields): boolean {
  let found = 0
  for (let row = 0; row < count; row++) {
    const { name } = keys[row]
    if (name === 'durationMs' ? kinds[row] === FieldKind.duration : name === 'method' || name === 'outcome') found++
  }
  return found === 3
}

function isErrorValue(fields: Fields, row: number): boolean {
  return fields.kinds[row] === FieldKind.any && isError(fields.values[row])
}
