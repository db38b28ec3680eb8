import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'

const PROTOS = path.join(import.meta.dirname, 'protos')

/** Whether the protobuf compiler is here: it decodes with the published definitions, which no code of ours or the SDK's touches. */
export const hasProtoc = spawnSync('protoc', ['--version']).status === 0

/** A message in protobuf's text form, read: each field has all its values, messages or scalars as they are written. */
export type Message = Record<string, (Message | string)[]>

/** Decodes bytes as a message of a type, with `protoc`. */
function decode(type: string, file: string, bytes: Uint8Array): Message {
  const args = [`--decode=${type}`, `--proto_path=${PROTOS}`, path.join(PROTOS, file)]
  return readText(execFileSync('protoc', args, { input: bytes, encoding: 'utf8', maxBuffer: 2 ** 30 }))
}

/** Decodes a request of the logs service. */
export function decodeLogs(bytes: Uint8Array): Message {
  const type = 'opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest'
  return decode(type, 'opentelemetry/proto/collector/logs/v1/logs_service.proto', bytes)
}

function readText(text: string): Message {
  const root: Message = {}
  const open = [root]
  for (const line of text.split('\n')) {
    const trimmed = line.trim()
    if (trimmed === '') continue
    if (trimmed === '}') {
      open.pop()
      continue
    }
    const begins = /^(\w+) \{$/.exec(trimmed)
    const [name, value] = begins === null ? splitPair(trimmed) : [begins[1], {}]
    ;(open[open.length - 1][name] ??= []).push(value)
    if (typeof value === 'object') open.push(value)
  }
  return root
}

function splitPair(line: string): [string, string] {
  const colon = line.indexOf(': ')
  return [line.slice(0, colon), line.slice(colon + 2)]
}

/** The bytes of a quoted value: printable ASCII stands for itself, the rest is escaped. */
export function bytesOf(quoted: Message | string): Buffer {
  const bytes: number[] = []
  const text = (quoted as string).slice(1, -1)
  const short: Record<string, number> = { n: 10, r: 13, t: 9, '"': 34, "'": 39, '\\': 92 }
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') bytes.push(text.charCodeAt(i))
    else if (short[text[i + 1]] !== undefined) bytes.push(short[text[++i]])
    else {
      bytes.push(parseInt(text.slice(i + 1, i + 4), 8))
      i += 3
    }
  }
  return Buffer.from(bytes)
}

/** Every record of a request, with the name of its scope. */
export function recordsOf(request: Message): { scope: string; record: Message }[] {
  const found: { scope: string; record: Message }[] = []
  for (const resource of (request['resource_logs'] ?? []) as Message[]) {
    for (const ofScope of (resource['scope_logs'] ?? []) as Message[]) {
      const scope = bytesOf((ofScope['scope'][0] as Message)['name'][0]).toString()
      for (const record of (ofScope['log_records'] ?? []) as Message[]) found.push({ scope, record })
    }
  }
  return found
}

/** Attributes as plain values: numbers as numbers, bytes as buffers. */
export function attributesOf(of: Message): Record<string, unknown> {
  return Object.fromEntries(
    ((of['attributes'] ?? of['values'] ?? []) as Message[]).map((pair) => [
      bytesOf(pair['key'][0]).toString(),
      anyValue(pair['value']?.[0] as Message | undefined),
    ]),
  )
}

export function anyValue(value: Message | undefined): unknown {
  const [kind, [content]] = Object.entries(value ?? {})[0] ?? ['none', [undefined]]
  switch (kind) {
    case 'string_value':
      return bytesOf(content).toString()
    case 'bool_value':
      return content === 'true'
    case 'int_value':
      return { int: content }
    case 'double_value':
      return { double: Number(content) }
    case 'bytes_value':
      return bytesOf(content)
    case 'array_value':
      return (((content as Message)['values'] ?? []) as Message[]).map(anyValue)
    case 'kvlist_value':
      return attributesOf(content as Message)
    default:
      return null
  }
}
