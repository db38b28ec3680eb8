import type { CheckedBodyOptions } from './body-options.js'

/** One body as it goes by: its parts are copied, for what they lie in belongs to the connection. */
class CapturedBody {
  size = 0
  private readonly parts: Buffer[] = []

  constructor(private readonly maxBytes: number) {}

  add(chunk: unknown, encoding: unknown): void {
    const bytes = bytesOf(chunk, encoding)
    if (bytes === undefined) return
    this.size += bytes.length
    if (this.size <= this.maxBytes) this.parts.push(Buffer.from(bytes))
    else this.parts.length = 0
  }

  /** What the line shows; undefined where there is nothing to show. */
  shown(contentType: unknown, encoding: string | undefined, types: readonly string[]): unknown {
    if (this.size === 0) return undefined
    const type = mediaType(contentType)
    if (!types.some((allowed) => fits(type, allowed))) return undefined
    if (this.size > this.maxBytes) return `[Cut: ${this.size} bytes]`
    if (encoding !== undefined && encoding !== 'identity') return `[Encoded: ${this.size} bytes]`
    const text = Buffer.concat(this.parts).toString('utf8')
    if (type.endsWith('json')) return parsed(text, this.size)
    if (type === 'application/x-www-form-urlencoded') return formOf(text)
    return text
  }
}

/** The bodies of one request. */
export class BodyCapture {
  readonly request: CapturedBody
  readonly response: CapturedBody

  constructor(readonly options: CheckedBodyOptions) {
    this.request = new CapturedBody(options.maxBytes)
    this.response = new CapturedBody(options.maxBytes)
  }
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array | undefined {
  if (typeof chunk === 'string') {
    return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  }
  return chunk instanceof Uint8Array ? chunk : undefined
}

/** JSON is shown as data, so that the names of its secrets are found. What is no JSON is not shown at all. */
function parsed(text: string, size: number): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Its text may hold secrets that nobody can find.
    return `[No JSON: ${size} bytes]`
  }
}

/** A form is shown flat, as it came, a name's values in a list: the line hides names by their parts too. */
function formOf(text: string): Record<string, unknown> {
  const form = new Map<string, string | string[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    const known = form.get(name)
    if (Array.isArray(known)) known.push(value)
    else form.set(name, known === undefined ? value : [known, value])
  }
  return Object.fromEntries(form)
}

function mediaType(contentType: unknown): string {
  if (typeof contentType !== 'string') return ''
  const end = contentType.indexOf(';')
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
}

/** `text/*` fits every text; `application/json` fits `application/problem+json` too. */
function fits(type: string, allowed: string): boolean {
  if (type === allowed) return true
  if (allowed.endsWith('/*')) return type.startsWith(allowed.slice(0, -1))
  return allowed === 'application/json' && type.startsWith('application/') && type.endsWith('+json')
}
