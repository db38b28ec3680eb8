import { FieldSet, type FieldShape, type FieldWriter, type SourcedField, Unreadable } from '../../src/index.js'
import { shownHeader } from '../http/index.js'

/** A field with the way to its value. */
export interface Reader {
  readonly key: string
  readonly field: SourcedField
}

/** Told, with the key, of a value that could not be read or is not of its kind. */
export type ProblemListener = (key: string, reason: string) => void

/** Fields that are written together, made ready once. A value that cannot be read marks its own field. */
export class SourcedGroup {
  private readonly set: FieldSet

  /** @param listener - Told while {@link write} is under way. */
  constructor(
    private readonly readers: readonly Reader[],
    listener: ProblemListener,
  ) {
    const shape: FieldShape = Object.fromEntries(
      readers.map(({ key, field }, index) => [
        String(index),
        { kind: field.kind, options: { ...field.options, key: field.options.key ?? key } },
      ]),
    )
    // The values are a list: the set's names are its indexes.
    const places = readers.map((_, index) => index)
    this.set = new FieldSet(shape, {}, listener, places)
  }

  get isEmpty(): boolean {
    return this.readers.length === 0
  }

  /** Writes every field. Never throws. */
  write(to: FieldWriter, request: unknown, args: readonly unknown[], result: unknown): void {
    const { readers } = this
    const values = new Array<unknown>(readers.length)
    for (let i = 0; i < readers.length; i++) {
      try {
        values[i] = valueOf(readers[i].field, request, args, result)
      } catch (reason) {
        values[i] = new Unreadable(reason)
      }
    }
    to.all(this.set, values as never)
  }
}

interface RequestParts {
  readonly params?: unknown
  readonly query?: unknown
  readonly headers?: unknown
  readonly body?: unknown
}

function valueOf({ source }: SourcedField, request: unknown, args: readonly unknown[], result: unknown): unknown {
  switch (source.place) {
    case 'arg':
      return source.pick(args[source.index])
    case 'result':
      return source.pick(result)
    case 'from':
      return source.read(request)
    default: {
      const parts = (request ?? {}) as RequestParts
      if (source.place === 'query') return property(parts.query, source.name)
      if (source.place === 'header') return shownHeader(source.name, property(parts.headers, source.name))
      // A message of a queue or a socket, and the arguments of a resolver, come as the first argument.
      const given = source.place === 'param' ? parts.params : parts.body
      return at(given ?? args[0], source.name)
    }
  }
}

/** A field of a request's params or body, taken from the first argument in their place. */
export function ofFirstArgument(field: SourcedField): SourcedField {
  const { source } = field
  if (source.place !== 'param' && source.place !== 'body') return field
  return { ...field, source: { place: 'arg', index: 0, pick: (argument) => at(argument, source.name) } }
}

/** The value of this very name, or what stands at the path it is. */
function at(value: unknown, path: string): unknown {
  const found = property(value, path)
  if (found !== undefined || !path.includes('.')) return found
  let inner = value
  for (const name of path.split('.')) inner = property(inner, name)
  return inner
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
