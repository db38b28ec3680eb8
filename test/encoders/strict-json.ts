/**
 * Reads one JSON value as strictly as a log's readers may: no key twice in one object, no lone surrogate, no control
 * character left raw. The value comes from `JSON.parse`; what it lets pass is found by walking the text.
 *
 * @throws Error naming what is wrong and where.
 */
export function strictParse(text: string): unknown {
  const value = readJson(text)
  if (!text.isWellFormed()) throw new Error('a lone surrogate')
  // oxlint-disable-next-line no-control-regex
  const raw = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/.exec(text)
  if (raw !== null) throw new Error(`a raw U+${raw[0].charCodeAt(0).toString(16).padStart(4, '0')} at ${raw.index}`)
  checkKeys(text)
  return value
}

/**
 * What `JSON.parse` gives, on every Node.js: that of 24 now and then takes an escaped name for another, as `"\\n"` for a
 * backslash. Here names are read one by one, as values.
 */
export function readJson(text: string): unknown {
  const names: string[] = []
  const numbered = text.replace(/("(?:[^"\\]|\\.)*")(\s*:)?/g, (token, name: string, colon?: string) =>
    colon === undefined ? token : `"${names.push(JSON.parse(name) as string) - 1}":`,
  )
  const named = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(named)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([number, each]) => [names[Number(number)], named(each)]))
  }
  return named(JSON.parse(numbered))
}

/** One container under way: the keys of an object, or undefined for an array. */
type Open = Set<string> | undefined

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s"[\]{}:,]+/g

/** `JSON.parse` has vouched for the grammar, so a text in an object that a colon follows is a key. */
function checkKeys(text: string): void {
  const open: Open[] = []
  let lastText: string | undefined
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      const key = JSON.parse(lastText ?? '""') as string
      const keys = open.at(-1)
      if (keys?.has(key) === true) throw new Error(`the key ${JSON.stringify(key)} twice`)
      keys?.add(key)
    }
    lastText = token.startsWith('"') ? token : undefined
  }
}

/** The objects and arrays within one another in a JSON text. */
export function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth)
    else if (token === '}' || token === ']') depth--
  }
  return deepest
}
