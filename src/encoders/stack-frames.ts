/** A line of a stack that is a frame, as V8 writes it, source-mapped or not. */
const FRAME = /^\s+at /
/** Units of a line that is one, at least. */
const MIN_FRAME = 4
/** Frames that tell where an error comes from; the deeper ones tell how one got there. */
const GROUPING_FRAMES = 5
/** Positions change with every edit, paths with every machine. */
const POSITION = /:\d+(?::\d+)?/g
const FOLDERS = /(?:file:\/\/)?(?:[A-Za-z]:)?[^\s()]*[/\\]/g
/** What a message repeats of its data. */
const DATA = /\d+|0x[\da-f]+|"[^"]*"|'[^']*'/gi
const MAX_MESSAGE = 200

/** A stack with at most so many frames, and the count of those left out. */
export function boundedStack(stack: string, frames: number): string {
  if (!hasMoreLines(stack, frames)) return stack
  let count = 0
  let at = 0
  while (at < stack.length) {
    const end = stack.indexOf('\n', at)
    const line = stack.slice(at, end < 0 ? stack.length : end)
    if (FRAME.test(line) && ++count > frames) {
      const more = stack
        .slice(at)
        .split('\n')
        .filter((each) => FRAME.test(each)).length
      return `${stack.slice(0, Math.max(0, at - 1))}\n    … ${more} more`
    }
    if (end < 0) break
    at = end + 1
  }
  return stack
}

/** A stack that begins with a message that must not be shown, with another head. */
export function withHead(stack: string, hidden: string, head: string): string {
  const at = stack.indexOf(hidden)
  // A message may have lines that look like frames.
  const rest = at < 0 ? stack : stack.slice(at + hidden.length)
  const frames = rest.search(/\n\s+at /)
  return frames < 0 ? head : head + rest.slice(frames)
}

/** Nearly no stack has as many lines as it may have frames: counting them is a tenth of looking at each. */
function hasMoreLines(text: string, limit: number): boolean {
  let at = 0
  for (let lines = 0; lines <= limit; lines++) {
    at = text.indexOf('\n', at) + 1
    if (at === 0 || text.length - at < (limit - lines) * MIN_FRAME) return false
  }
  return true
}

/** The frames of a stack, without what stands before them. */
export function framesOf(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => FRAME.test(line) || /^\s+… \d+ more$/.test(line))
    .map((line) => line.trim().replace(/^at /, ''))
}

/**
 * The same text for errors of one type from one place, whatever their positions, folders and data are: by the type and
 * the functions and files of the upper frames, or by the message where there is no frame.
 */
export function fingerprintOf(type: string, message: string, stack: string): string {
  const frames = framesOf(stack).slice(0, GROUPING_FRAMES)
  const places = frames.map((frame) => frame.replace(POSITION, '').replace(FOLDERS, ''))
  const rest = places.length > 0 ? places.join('\n') : message.slice(0, MAX_MESSAGE).replace(DATA, '#')
  return hash(`${type}\n${rest}`)
}

/** FNV-1a, twice with other beginnings: 64 bits, for grouping and nothing else. */
function hash(text: string): string {
  let high = 0x811c9dc5
  let low = 0x01000193
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    high = Math.imul(high ^ unit, 0x01000193)
    low = Math.imul(low ^ unit, 0x85ebca6b)
  }
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0')
}
