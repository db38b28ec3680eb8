const NEWLINE = 0x0a
const SPACE = 0x20

/** Where the line ends that holds `at`: after its newline. A newline before a space is inside of a line that goes on. */
export function lineEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at
  do {
    const newline = bytes.indexOf(NEWLINE, end)
    if (newline < 0 || newline >= to) return to
    end = newline + 1
  } while (end < to && bytes[end] === SPACE)
  return end
}

/** Where the line begins that holds `at`, which is `at` itself after the end of a line. Nothing before `from` is read. */
export function lineStart(bytes: Uint8Array, from: number, at: number): number {
  let start = at
  while (start > from && (bytes[start - 1] !== NEWLINE || bytes[start] === SPACE)) start--
  return start
}

/** Lines that end in bytes[from, to). */
export function countLines(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0
  for (let i = from; i < to; i++) if (bytes[i] === NEWLINE && bytes[i + 1] !== SPACE) lines++
  return lines
}
