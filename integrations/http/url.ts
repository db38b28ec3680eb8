import type { NativeBuffer } from '../../src/index.js'
import { cut } from './cut.js'

const MAX_UNITS = 2048
const SLASH = 0x2f
const SEMICOLON = 0x3b
const QUESTION = 0x3f
const HASH = 0x23
const STAR = 0x2a

/** A request's URL without its query values: `/orders?page=*&sort=*`. Values hold tokens and people's data. */
export function safeUrl(url: string, allowed?: ReadonlySet<string>): string {
  const short = cut(url, MAX_UNITS)
  const query = valuesAt(short)
  if (query < 0) return withoutUser(short)
  if (short.charCodeAt(0) === SLASH) return hideValues(short, query + 1, allowed)
  const path = withoutUser(short.slice(0, query))
  return hideValues(path + short.slice(query), path.length + 1, allowed)
}

/** Where a URL's query begins, or its fragment: no browser sends that, but what comes holds tokens as a query does. */
function valuesAt(url: string): number {
  const query = url.indexOf('?')
  const hash = url.indexOf('#')
  return hash >= 0 && (query < 0 || hash < query) ? hash : query
}

/** A URL in two: what names a place, and may hold a user; and what may hold values, empty where there is nothing of it. */
export function pathAndValues(url: string): [string, string] {
  const at = valuesAt(url)
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)]
}

/** A URL in a header: as a request's, and its host may stand after `//` alone, and its fragment may hold values too. */
export function safeLink(link: string, allowed?: ReadonlySet<string>): string {
  const short = cut(link, MAX_UNITS)
  const hash = short.indexOf('#')
  const url = (hash < 0 ? short : short.slice(0, hash)).trimStart()
  const safe = url.startsWith('//') ? safeUrl(`x:${url}`, allowed).slice(2) : safeUrl(url, allowed)
  return hash < 0 ? safe : safe + hideValues(short.slice(hash), 1, allowed)
}

/** The path of a URL, without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

/** What follows a URL's question mark; empty where there is none. */
export function queryOf(url: string): string {
  const query = url.indexOf('?')
  return query < 0 ? '' : url.slice(query + 1)
}

/** What is asked of a proxy names the host, and may hold a name and a password before it. */
function withoutUser(path: string): string {
  if (path.charCodeAt(0) === SLASH) return path
  const host = path.indexOf('://') + 3
  if (host < 3) return path
  const slash = path.indexOf('/', host)
  const at = path.lastIndexOf('@', slash < 0 ? path.length : slash)
  return at < host ? path : path.slice(0, host) + path.slice(at + 1)
}

/**
 * What follows a `;` may be another key's value, for some servers take it for `&`; so it may behind a `?`, where a client has put
 * a second query behind the first, and behind a `#`, which no browser sends.
 */
function isShown(
  url: string,
  from: number,
  sign: number,
  to: number,
  allowed: ReadonlySet<string> | undefined,
): boolean {
  if (allowed === undefined || !isNamed(url.slice(from, sign), allowed)) return false
  for (let i = sign; i < to; i++) {
    const unit = url.charCodeAt(i)
    if (unit === SEMICOLON || unit === QUESTION || unit === HASH) return false
  }
  return true
}

/** Whether a parameter is allowed, by its name as it came or as frameworks read it: browsers encode brackets. */
function isNamed(name: string, allowed: ReadonlySet<string>): boolean {
  if (allowed.has(name)) return true
  if (!/[%+]/.test(name)) return false
  try {
    return allowed.has(decodeURIComponent(name.replaceAll('+', ' ')))
  } catch {
    // No framework reads it either.
    return false
  }
}

/** Places for a URL's units: each value that is hidden takes one more, at most half as many. */
const bytes = Buffer.allocUnsafeSlow(2 * MAX_UNITS) as NativeBuffer

/**
 * As one text of its own: put together of pieces, it takes two to five times the room, for it is made whole once more when it is
 * written.
 */
function hideValues(url: string, query: number, allowed: ReadonlySet<string> | undefined): string {
  const length = putShown(bytes, url, query, allowed)
  if (length >= 0) return bytes.latin1Slice(0, length)
  const units = new Uint16Array(bytes.length)
  return String.fromCharCode(...units.subarray(0, putShown(units, url, query, allowed)))
}

type Places = Uint8Array | Uint16Array

/** Puts a URL less the values that are hidden, and returns how many units that are; -1 where one is greater than its place. */
function putShown(places: Places, url: string, query: number, allowed: ReadonlySet<string> | undefined): number {
  let length = 0
  let done = 0
  for (let from = query; from <= url.length;) {
    const next = url.indexOf('&', from)
    const to = next < 0 ? url.length : next
    const sign = url.indexOf('=', from)
    if (sign >= 0 && sign < to && !isShown(url, from, sign, to, allowed)) {
      length = put(places, length, url, done, sign + 1)
      if (length < 0) return length
      places[length++] = STAR
      done = to
    }
    if (next < 0) break
    from = next + 1
  }
  return put(places, length, url, done, url.length)
}

/** Puts a part of a text behind what stands there, and returns where it ends; -1 where a unit is greater than its place. */
function put(places: Places, at: number, text: string, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i)
    places[at] = unit
    if (places[at++] !== unit) return -1
  }
  return at
}
