const MAX_MEMBERS = 32
const MAX_KEY = 256
const MAX_TENANT = 241
const MAX_SYSTEM = 14
const MAX_VALUE = 256
const MAX_LENGTH = 8_192

/**
 * Whether a `tracestate` header is well-formed: at most 32 members `key=value`, each key once. Members may be empty, with
 * spaces and tabs around them. One that is not must not be handed on.
 */
export function isTracestate(header: unknown): header is string {
  if (typeof header !== 'string' || header === '' || header.length > MAX_LENGTH) return false
  const keys = new Set<string>()
  for (const part of header.split(',')) {
    const member = trimmed(part)
    if (member === '') continue
    const sign = member.indexOf('=')
    if (sign <= 0) return false
    const key = member.slice(0, sign)
    if (!isKey(key) || !isValue(member, sign + 1) || keys.has(key)) return false
    keys.add(key)
    if (keys.size > MAX_MEMBERS) return false
  }
  return keys.size > 0
}

/** A name, or a tenant's part and a system's with an `@` between them. */
function isKey(key: string): boolean {
  const at = key.indexOf('@')
  if (at < 0) return key.length <= MAX_KEY && isName(key, 0, key.length, false)
  return (
    at <= MAX_TENANT &&
    key.length - at - 1 <= MAX_SYSTEM &&
    isName(key, 0, at, true) &&
    isName(key, at + 1, key.length, false)
  )
}

/** A small letter (or a digit, where it may begin with one), then small letters, digits, `_`, `-`, `*` and `/`. */
function isName(text: string, from: number, to: number, mayBeginWithDigit: boolean): boolean {
  if (from >= to) return false
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x61 && unit <= 0x7a) continue
    if (unit >= 0x30 && unit <= 0x39 && (i > from || mayBeginWithDigit)) continue
    if (i > from && (unit === 0x5f || unit === 0x2d || unit === 0x2a || unit === 0x2f)) continue
    return false
  }
  return true
}

/** 1 to 256 of printable ASCII without `,` and `=`, the last of them no space. */
function isValue(text: string, from: number): boolean {
  const length = text.length - from
  if (length < 1 || length > MAX_VALUE || text.charCodeAt(text.length - 1) === 0x20) return false
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit > 0x7e || unit === 0x2c || unit === 0x3d) return false
  }
  return true
}

/** Without the spaces and tabs at its ends, in linear time. */
function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isSpace(text.charCodeAt(from))) from++
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09
}
