import { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Fragment } from '../bytes/fragment.js'
import { writeJsonText } from '../bytes/json-text.js'
import { ownText } from '../bytes/own-text.js'
import { DEFAULT_ERROR_DETAIL, ERROR_PARTS, type ErrorDetail } from './error-detail.js'
import type { PathState } from '../redaction/path-rules.js'
import { plainName } from '../redaction/plain-name.js'
import { Redaction } from '../redaction/redaction.js'
import type { Rule } from '../redaction/rule.js'
import type { Scanner } from '../redaction/scanner.js'

/** Longer names are cut: a key is a name, not a value. */
export const MAX_NAME_UNITS = 256

/** Names beyond this many are not kept: keys made of data must not fill the memory. */
const DEFAULT_MAX_KEYS = 4096

/** A field's name, looked up once: its bytes, whether its values are secret, and where it was last used. */
export class Key {
  /** `,"name":`, escaped. */
  json: Fragment
  /** Its name where it is kept, not secret, and of that name only, as nearly every key is. */
  plainName: string | undefined
  /** The serial of the last {@link Fields} that holds this key: finds a repeated key without a search. */
  serial = 0
  /** The id of a context known not to hold this key. */
  clearOf = 0
  /** How many of its texts were not ready when they were to be written; see {@link TextSource}. */
  misses = 0
  /** The key that came after this one last time: calls repeat, so it mostly saves the look-up (2 against 11 ns). */
  next: Key | undefined = undefined
  /** The key that came first in the object under this one last time. */
  child: Key | undefined = undefined

  /** Values under this key are never written as they are. */
  readonly isSecret: boolean

  constructor(
    /** As it is written. */
    public name: string,
    /** Whether the table keeps it, so that one name is one object. */
    public isKept: boolean,
    /** Hides the values of this name at any depth. */
    readonly rule?: Rule,
    /** What paths know the name by; see {@link Redaction.numberOf}. */
    readonly number: number = 0,
    /** Where paths stand that begin with this name, for a field of the line itself. */
    readonly paths?: PathState,
  ) {
    this.isSecret = rule !== undefined
    this.plainName = isKept && rule === undefined && paths?.rule === undefined ? name : undefined
    this.json = jsonOf(name)
  }

  /** An encoder came that writes the name itself. Contexts hold this key: it changes where it is. */
  rename(name: string): void {
    this.name = name
    this.json = jsonOf(name)
    this.isKept = false
    this.plainName = undefined
    // A context that did not have the old name may have this one.
    this.clearOf = 0
  }
}

function jsonOf(name: string): Fragment {
  const out = new ByteBuffer(name.length * 6 + 4)
  out.byte(0x2c)
  writeJsonText(out, name)
  out.byte(0x3a)
  return out.toFragment()
}

/** What a {@link KeyTable} is told about names. */
export interface KeyRules {
  /** Names of secrets, in any case and with any of `-`, `_`, `.` and spaces between their words. */
  readonly secrets: readonly string[]
  /** Names the encoders write themselves; a field of that name gets a leading underscore. */
  readonly reserved: readonly string[]
  /** Everything that is hidden, `secrets` among it. Default: `secrets` alone. */
  readonly redaction?: Redaction
  /** How much is written of errors. Default: {@link DEFAULT_ERROR_DETAIL}. */
  readonly errors?: ErrorDetail
  readonly maxKeys?: number
}

/** All keys of one root logger and its children. */
export class KeyTable {
  private readonly keys = new Map<string, Key>()
  private readonly nested = new Map<string, Key>()
  private readonly reserved: Set<string>
  private readonly maxKeys: number
  /** What {@link Key.next} is for a line's first field. */
  readonly start: Key
  /** @internal What must not be written. */
  readonly redaction: Redaction
  /** Hides secrets by their form, in every text; undefined where none are to be looked for. */
  readonly scanner: Scanner | undefined
  /** @internal What is written of errors. */
  readonly errors: ErrorDetail
  /** @internal Whether a part of an error may be hidden by its name: looked up once, not for each part of each error. */
  readonly hidesErrorParts: boolean
  /** The serial given out last. */
  newestSerial = 0
  /** How often names became reserved, and keys with them others than they were. */
  renames = 0

  constructor(rules: KeyRules) {
    this.redaction = rules.redaction ?? new Redaction(rules.secrets, undefined)
    this.redaction.refuse(rules.reserved)
    this.scanner = this.redaction.scanner
    this.errors = rules.errors ?? DEFAULT_ERROR_DETAIL
    const parts = [...ERROR_PARTS, ...this.errors.properties]
    this.hidesErrorParts = parts.some((name) => this.redaction.ruleOf(plainName(name)) !== undefined)
    // Its paths are those of the whole line: a value in a message is searched as the fields are.
    this.start = new Key('', false, undefined, 0, this.redaction.root)
    this.reserved = new Set(rules.reserved)
    this.maxKeys = rules.maxKeys ?? DEFAULT_MAX_KEYS
  }

  /** The key of a field's name. A reserved name gives the key of that name with a leading underscore. */
  intern(name: string): Key {
    const key = this.keys.get(name)
    return key !== undefined ? key : this.add(name)
  }

  /** The key of a field's name, if it was ever used: asking for a name leaves nothing behind. */
  known(name: string): Key | undefined {
    return this.keys.get(name)
  }

  /** The key of a name that is not the one which followed `before` last time; it will be next time. */
  internAfter(before: Key, name: string): Key {
    const key = this.intern(name)
    if (key.isKept && key.name === name) before.next = key
    return key
  }

  /** The key of a name inside a value, where nothing is reserved. */
  internNested(name: string): Key {
    const key = this.intern(name)
    return key.name === name ? key : (this.nested.get(name) ?? key)
  }

  /** Has more names written by encoders; keys of those names that are in use get their underscore now. */
  reserve(names: readonly string[]): void {
    for (const name of names) {
      if (this.reserved.has(name)) continue
      this.reserved.add(name)
      this.renames++
      this.keys.get(name)?.rename(`_${name}`)
      this.keys.delete(name)
      const other = this.keys.get(`_${name}`)
      if (other === undefined) continue
      other.plainName = undefined
      // A context that did not have it may have it now.
      other.clearOf = 0
    }
  }

  /** A number for one filling of one {@link Fields}. */
  nextSerial(): number {
    this.newestSerial = (this.newestSerial + 1) & 0x3fffffff
    return this.newestSerial
  }

  private add(name: string): Key {
    if (this.reserved.has(name)) {
      // One object for `level` and `_level`: whichever comes last wins, and no line holds the name twice.
      const key = this.intern(`_${name}`)
      this.keys.set(name, key)
      // Not kept in the chains of keys that follow each other: a line's own field must never be taken for it.
      this.nested.set(name, new Key(name, false, key.rule, key.number))
      return key
    }
    const written = this.wellFormed(name)
    if (written !== name) return this.intern(written)
    const isKept = this.keys.size < this.maxKeys
    if (!isKept) return this.keyOf(name, false)
    const own = ownText(name)
    const key = this.keyOf(own, true)
    this.keys.set(own, key)
    return key
  }

  private keyOf(name: string, isKept: boolean): Key {
    const { redaction } = this
    const plain = plainName(name)
    const number = redaction.numberOf(plain)
    const key = new Key(name, isKept, redaction.ruleOfParts(name, plain), number, redaction.root?.next[number])
    if (this.mayStandForOthers(name)) key.plainName = undefined
    return key
  }

  /** Whether other names become this one: then a line may have it twice, and must look. */
  private mayStandForOthers(name: string): boolean {
    return (
      (name[0] === '_' && this.reserved.has(name.slice(1))) || name.length > MAX_NAME_UNITS || name.includes('\ufffd')
    )
  }

  private wellFormed(name: string): string {
    const safe = this.scanner === undefined ? name : this.scanner.scan(name)
    const cut = safe.length > MAX_NAME_UNITS ? `${safe.slice(0, MAX_NAME_UNITS)}…` : safe
    return cut.isWellFormed() ? cut : cut.toWellFormed()
  }
}
