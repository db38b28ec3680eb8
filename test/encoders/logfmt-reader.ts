/** What a typed reader makes of a value: quotes mean text, a bare word is a number, a literal, or else text. */
export type LogfmtValue = string | number | boolean | null

/** What must not stand on a line raw. */
// oxlint-disable-next-line no-control-regex
const RAW = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

const PAIR = /([^\s="']+)=(?:("(?:[^"\\]|\\.)*")|([^\s="']+))(?: |$)/y

/**
 * Reads one line as strictly as readers of logfmt may (go-kit's takes no quote in a key or a bare value), and typed.
 *
 * @throws Error where a key stands twice, something is raw, or a pair is none.
 */
export function readLogfmt(line: string): Map<string, LogfmtValue> {
  const raw = RAW.exec(line)
  if (raw !== null) throw new Error(`a raw U+${raw[0].charCodeAt(0).toString(16).padStart(4, '0')} at ${raw.index}`)
  if (!line.isWellFormed()) throw new Error('a lone surrogate')
  const pairs = new Map<string, LogfmtValue>()
  let at = 0
  while (at < line.length) {
    PAIR.lastIndex = at
    const found = PAIR.exec(line)
    if (found === null) throw new Error(`no pair at ${at}: ${line.slice(at, at + 20)}`)
    const [whole, key, quoted, bare] = found
    if (pairs.has(key)) throw new Error(`the key ${key} twice`)
    if (key.includes('\ufffd')) throw new Error(`the key ${key}, which go-kit refuses`)
    pairs.set(key, quoted === undefined ? bareValue(bare) : (JSON.parse(quoted) as string))
    at += whole.length
  }
  if (line.endsWith(' ')) throw new Error('a space at the end')
  return pairs
}

function bareValue(word: string): LogfmtValue {
  if (word === 'null') return null
  if (word === 'true' || word === 'false') return word === 'true'
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word) ? Number(word) : word
}

/** The name that a key, or a part of one between dots, was made of. */
export function nameOf(key: string): string {
  return key === '%' ? '' : decodeURIComponent(key)
}
