import {
  type DeclaredField,
  FieldSet,
  type FieldShape,
  type FieldWriter,
  loggable,
  type Loggable,
} from '../../src/index.js'

/** The fields declared on one class, by property. */
const declarations = new WeakMap<object, Map<PropertyKey, DeclaredField>>()

interface Compiled {
  readonly set: FieldSet
  readonly declared: number
}

/** The fields of each class with those above it, made ready. */
const compiled = new WeakMap<object, Compiled>()
/** Properties declared so far: a class that was made ready before the last of them is looked at again. */
let declaredCount = 0

/** Notes a field on a class's prototype: from then on its instances write their declared fields and nothing else. */
export function declareProperty(prototype: object, property: PropertyKey, field: DeclaredField): void {
  let fields = declarations.get(prototype)
  if (fields === undefined) {
    fields = new Map()
    declarations.set(prototype, fields)
    writesOwnFields(prototype)
  }
  fields.set(property, field)
  declaredCount++
}

/** Has an object write what its class declares, or all objects below it; a frozen one stays as it is. */
export function writesOwnFields(holder: object): void {
  Reflect.defineProperty(holder, loggable, { value: writeOwnFields, configurable: true, writable: true })
}

function writeOwnFields(this: object, writer: FieldWriter): void {
  writeFieldsOf(Object.getPrototypeOf(this) as object, this, writer)
}

/** Whether the class of this prototype, or one above it, declares fields. */
export function declaresFields(prototype: unknown): prototype is Loggable {
  return typeof (prototype as Partial<Loggable> | undefined)?.[loggable] === 'function'
}

/** Writes the properties that a class declares, of an instance or of an object in the same form. */
export function writeFieldsOf(prototype: object, source: object, writer: FieldWriter): void {
  let known = compiled.get(prototype)
  if (known === undefined || known.declared !== declaredCount) {
    known = { set: compile(prototype), declared: declaredCount }
    compiled.set(prototype, known)
  }
  writer.all(known.set, source as never)
}

function compile(prototype: object): FieldSet {
  const fields = fieldsAbove(prototype)
  // Properties may be symbols: the shape has them by their places.
  const shape: FieldShape = Object.fromEntries([...fields.values()].map((field, index) => [String(index), field]))
  return new FieldSet(shape, {}, undefined, [...fields.keys()])
}

/** A class's fields after those of the classes above it; a property that is declared anew has its newest declaration. */
function fieldsAbove(prototype: object): Map<PropertyKey, DeclaredField> {
  const above: unknown = Object.getPrototypeOf(prototype)
  const fields =
    typeof above === 'object' && above !== null ? fieldsAbove(above) : new Map<PropertyKey, DeclaredField>()
  for (const [property, field] of declarations.get(prototype) ?? []) fields.set(property, field)
  return fields
}
