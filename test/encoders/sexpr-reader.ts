/** A symbol as the Lisp reader makes it: `:msg` is the keyword MSG, `:|orderId|` the keyword orderId. */
export interface LispSymbol {
  readonly symbol: string
  readonly isKeyword: boolean
}

export type Lisp = string | number | bigint | LispSymbol | Lisp[]

/** What must not stand on a line raw. */
// oxlint-disable-next-line no-control-regex
const RAW = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

const TOKEN = /([()])|"((?:[^"\\]|\\.)*)"|(:?)\|((?:[^|\\]|\\.)*)\||(:?)([^ ()"|\\;'`,#:]+)/y

/**
 * Reads one form as Common Lisp's standard reader does, as far as log lines go; the whole line must be that form.
 *
 * @throws Error for anything else, and for what must not be on a line raw.
 */
export function readLisp(line: string): Lisp {
  const raw = RAW.exec(line)
  if (raw !== null) throw new Error(`a raw U+${raw[0].charCodeAt(0).toString(16).padStart(4, '0')} at ${raw.index}`)
  if (!line.isWellFormed()) throw new Error('a lone surrogate')
  const open: Lisp[][] = [[]]
  let at = 0
  while (at < line.length) {
    if (line[at] === ' ') {
      at++
      continue
    }
    TOKEN.lastIndex = at
    const found = TOKEN.exec(line)
    if (found === null) throw new Error(`no token at ${at}: ${line.slice(at, at + 20)}`)
    const [whole, bracket, text, barColon, barName, colon, bare] = found
    at += whole.length
    if (bracket === '(') open.push([])
    else if (bracket === ')') {
      const list = open.pop() as Lisp[]
      if (open.length === 0) throw new Error('a list closed that was not open')
      // () is read as NIL.
      open.at(-1)?.push(list.length === 0 ? { symbol: 'NIL', isKeyword: false } : list)
    } else if (text !== undefined) open.at(-1)?.push(unescaped(text))
    else if (barName !== undefined) open.at(-1)?.push({ symbol: unescaped(barName), isKeyword: barColon === ':' })
    else open.at(-1)?.push(atom(bare, colon === ':'))
  }
  if (open.length !== 1) throw new Error('a list that is open')
  if (open[0].length !== 1) throw new Error(`${open[0].length} forms`)
  return open[0][0]
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gsu, '$1')
}

function atom(word: string, isKeyword: boolean): Lisp {
  // A keyword that looks like a number is not portable.
  if (isKeyword && /^[-+.\d^_]/.test(word)) throw new Error(`the keyword :${word}`)
  if (!isKeyword && /^[-+]?\d+$/.test(word)) {
    return Number.isSafeInteger(Number(word)) ? Number(word) : BigInt(word)
  }
  if (!isKeyword && /^[-+]?\d+(\.\d+)?d[-+]?\d+$/.test(word)) return Number(word.replace('d', 'e'))
  if (!isKeyword && /^[-+.\d]/.test(word)) throw new Error(`the number ${word}, which is no double-float`)
  return { symbol: word.replace(/[a-z]+/g, (letters) => letters.toUpperCase()), isKeyword }
}

/** A text as it was before controls were written as `\u000a`. */
export function restored(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

/** The properties of a list, in order, names as the reader made them. */
export function propertiesOf(list: Lisp): [string, Lisp][] {
  if (!Array.isArray(list)) throw new Error('no list')
  const pairs: [string, Lisp][] = []
  for (let i = 0; i < list.length; i += 2) {
    const key = list[i] as LispSymbol
    if (!key.isKeyword) throw new Error(`no keyword at ${i}`)
    if (pairs.some(([name]) => name === key.symbol)) throw new Error(`the key ${key.symbol} twice`)
    pairs.push([key.symbol, list[i + 1]])
  }
  return pairs
}
