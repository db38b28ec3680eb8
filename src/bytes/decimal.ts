const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30

/** Bytes that any number takes at most: `-1.2345678901234567e-308`, with some to spare. */
export const MAX_NUMBER_BYTES = 32

const PAIRS = new Uint8Array(Buffer.from(Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0')).join('')))

/** Stores an integer of at most 32 bits from `at` on, where the caller has reserved {@link MAX_NUMBER_BYTES}. */
export function putInt32(bytes: Uint8Array, at: number, value: number): number {
  let rest = value | 0
  if (rest < 0) {
    bytes[at++] = MINUS
    if (rest === -2147483648) {
      // Its absolute value does not fit: the first digit by hand.
      bytes[at] = ZERO + 2
      return putFour(bytes, putFour(bytes, putOne(bytes, at + 1, 1), 4748), 3648)
    }
    rest = -rest
  }
  if (rest < 10_000) return putLeading(bytes, at, rest)
  const high = (rest / 10_000) | 0
  at = high < 10_000 ? putLeading(bytes, at, high) : putWide(bytes, at, high)
  return putFour(bytes, at, rest - high * 10_000)
}

/**
 * Stores a number as `JSON.stringify` writes it, NaN and the infinities as `null`, from `at` on, where the caller has
 * reserved {@link MAX_NUMBER_BYTES}. The number is named by its place, not passed: a double handed to a function that is
 * not inlined is boxed, 16 bytes.
 *
 * @returns the place after it.
 */
export function putNumberAt(bytes: Uint8Array, at: number, numbers: Float64Array, index: number): number {
  const value = numbers[index]
  const small = value | 0
  if (small === value) return putInt32(bytes, at, small)
  const size = value < 0 ? -value : value
  if (size >= 0.001 && size < 1e11) {
    // `m / 10^4` is rounded correctly, so when it gives the value back, the digits of `m` are a form that reads back as
    // the value; without its trailing zeros, and with `m` below 10^15, it is the shortest one, which is what `String`
    // prints. One division tells, where trying one decimal after the other takes up to five.
    const scaled = Math.round(size * SCALE)
    if (scaled / SCALE === size) return putScaled(bytes, at, numbers, index)
  }
  return putAscii(bytes, at, Number.isFinite(value) ? String(value) : 'null')
}

const SCALE = 10_000

/** A number with at most four decimals. */
function putScaled(bytes: Uint8Array, at: number, numbers: Float64Array, index: number): number {
  const value = numbers[index]
  const size = value < 0 ? -value : value
  if (value < 0) bytes[at++] = MINUS
  const whole = Math.floor(size)
  const fraction = (Math.round(size * SCALE) - whole * SCALE) | 0
  if (whole < 1_000_000_000) at = putInt32(bytes, at, whole)
  else {
    const high = Math.floor(whole / 100_000_000)
    const low = (whole - high * 100_000_000) | 0
    const middle = (low / 10_000) | 0
    at = putFour(bytes, putFour(bytes, putInt32(bytes, at, high), middle), low - middle * 10_000)
  }
  if (fraction === 0) return at
  bytes[at] = POINT
  putFour(bytes, at + 1, fraction)
  // Without the zeros at its end.
  if (fraction % 100 === 0) return fraction % 1000 === 0 ? at + 2 : at + 3
  return fraction % 10 === 0 ? at + 4 : at + 5
}

/** Stores text that is known to be ASCII. */
export function putAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i)
  return at
}

/** Stores a number below 10,000 without zeros in front. */
function putLeading(bytes: Uint8Array, at: number, value: number): number {
  if (value < 100) return value < 10 ? putOne(bytes, at, value) : putTwo(bytes, at, value)
  const high = (value / 100) | 0
  at = high < 10 ? putOne(bytes, at, high) : putTwo(bytes, at, high)
  return putTwo(bytes, at, value - high * 100)
}

/** Stores a number from 10,000 up to 214,748. */
function putWide(bytes: Uint8Array, at: number, value: number): number {
  const high = (value / 10_000) | 0
  return putFour(bytes, putLeading(bytes, at, high), value - high * 10_000)
}

/** Stores four digits, zeros in front. */
function putFour(bytes: Uint8Array, at: number, value: number): number {
  const high = (value / 100) | 0
  return putTwo(bytes, putTwo(bytes, at, high), value - high * 100)
}

function putTwo(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = PAIRS[value << 1]
  bytes[at + 1] = PAIRS[(value << 1) + 1]
  return at + 2
}

function putOne(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = ZERO + value
  return at + 1
}
