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
      bytes[at++] = ZERO + 2
      rest = 147483648
    } else rest = -rest
  }
  if (rest < 10) {
    bytes[at] = ZERO + rest
    return at + 1
  }
  return putDigits(bytes, at, rest, digitsOf(rest))
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
  if (whole < 1_000_000_000) at = putDigits(bytes, at, whole | 0, digitsOf(whole | 0))
  else {
    const high = Math.floor(whole / 1_000_000_000) | 0
    at = putDigits(bytes, at, high, digitsOf(high))
    at = putDigits(bytes, at, (whole - high * 1_000_000_000) | 0, 9)
  }
  if (fraction === 0) return at
  bytes[at++] = POINT
  const pairs = (fraction / 100) | 0
  const rest = fraction - pairs * 100
  if (rest === 0) {
    const tens = (pairs / 10) | 0
    return pairs === tens * 10 ? putDigits(bytes, at, tens, 1) : putDigits(bytes, at, pairs, 2)
  }
  const tens = (rest / 10) | 0
  return rest === tens * 10 ? putDigits(bytes, at, pairs * 10 + tens, 3) : putDigits(bytes, at, fraction, 4)
}

/** Stores text that is known to be ASCII. */
export function putAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i)
  return at
}

function digitsOf(value: number): number {
  if (value < 100000) {
    if (value < 100) return value < 10 ? 1 : 2
    if (value < 1000) return 3
    return value < 10000 ? 4 : 5
  }
  if (value < 10000000) return value < 1000000 ? 6 : 7
  if (value < 100000000) return 8
  return value < 1000000000 ? 9 : 10
}

/** Stores exactly `digits` digits of a non-negative 32-bit integer, zeros in front. */
function putDigits(bytes: Uint8Array, at: number, value: number, digits: number): number {
  const end = at + digits
  let rest = value | 0
  let place = end
  while (place - at >= 2) {
    const next = (rest / 100) | 0
    const pair = (rest - next * 100) << 1
    place -= 2
    bytes[place] = PAIRS[pair]
    bytes[place + 1] = PAIRS[pair + 1]
    rest = next
  }
  if (place > at) bytes[at] = ZERO + (rest % 10)
  return end
}
