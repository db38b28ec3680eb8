const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30

/** Bytes that any number takes at most: `-1.2345678901234567e-308`, with some to spare. */
export const MAX_NUMBER_BYTES = 32

/**
 * The digits of every number below 1,000 as the bytes of a word: one store, where a digit at a time is three, and no branch
 * for their count, which stands in the fourth byte and is overwritten by what comes next.
 */
const GROUPS = new Int32Array(1000)
/** The same with zeros in front. */
const FULL_GROUPS = new Int32Array(1000)
/** The same of hundredths, with a point in front and without zeros at the end. */
const HUNDREDTHS = new Int32Array(100)

// Plain loops: this runs once, uncompiled, in every program that imports the package.
for (let hundreds = 0, value = 0; hundreds < 10; hundreds++) {
  for (let tens = 0; tens < 10; tens++) {
    for (let ones = 0; ones < 10; ones++, value++) FULL_GROUPS[value] = word(hundreds, tens, ones, 3)
  }
}
GROUPS.set(FULL_GROUPS)
for (let value = 0; value < 100; value++) {
  const tens = Math.floor(value / 10)
  const ones = value % 10
  GROUPS[value] = tens === 0 ? word(ones, 0, 0, 1) : word(tens, ones, 0, 2)
  HUNDREDTHS[value] = word(POINT - ZERO, tens, ones, ones === 0 ? 2 : 3)
}

function word(first: number, second: number, third: number, count: number): number {
  return (ZERO + first) | ((ZERO + second) << 8) | ((ZERO + third) << 16) | (count << 24)
}

/** Stores an integer of at most 32 bits from `at` on, where the caller has reserved {@link MAX_NUMBER_BYTES}. */
export function putInt32(view: DataView, at: number, value: number): number {
  let rest = value | 0
  if (rest < 0) {
    // Its absolute value does not fit.
    if (rest === -2147483648) return putAscii(view, at, '-2147483648')
    view.setUint8(at++, MINUS)
    rest = -rest
  }
  if (rest >= 1000) return putThousands(view, at, rest)
  return putGroup(view, at, GROUPS[rest])
}

/** Stores a number from 1,000 up. */
function putThousands(view: DataView, at: number, value: number): number {
  const thousands = (value / 1000) | 0
  if (thousands < 1000) at = putGroup(view, at, GROUPS[thousands])
  else {
    const millions = (thousands / 1000) | 0
    if (millions < 1000) at = putGroup(view, at, GROUPS[millions])
    else {
      const billions = (millions / 1000) | 0
      at = putGroup(view, putGroup(view, at, GROUPS[billions]), FULL_GROUPS[millions - billions * 1000])
    }
    at = putGroup(view, at, FULL_GROUPS[thousands - millions * 1000])
  }
  return putGroup(view, at, FULL_GROUPS[value - thousands * 1000])
}

function putGroup(view: DataView, at: number, digits: number): number {
  view.setInt32(at, digits, true)
  return at + (digits >> 24)
}

/**
 * Stores a number as `JSON.stringify` writes it, NaN and the infinities as `null`, from `at` on, where the caller has
 * reserved {@link MAX_NUMBER_BYTES}. The number is named by its place, not passed: a double handed to a function that is
 * not inlined is boxed, 16 bytes.
 *
 * @returns the place after it.
 */
export function putNumberAt(view: DataView, at: number, numbers: ArrayLike<number>, index: number): number {
  const small = numbers[index] | 0
  return small === numbers[index] ? putInt32(view, at, small) : putOther(view, at, numbers, index)
}

const SCALE = 10_000
const MILLION = 1_000_000
const BILLION = 1_000_000_000
const MAX_WHOLE = 1e15
const MAX_SCALED = 1e11

/** A number that is no integer of 32 bits. */
export function putOther(view: DataView, at: number, numbers: ArrayLike<number>, index: number): number {
  const value = numbers[index]
  const size = value < 0 ? -value : value
  if (size >= 0.001 && size < MAX_WHOLE) {
    const whole = Math.floor(size)
    const scaled = Math.round(size * SCALE)
    // `m / 10^4` is rounded correctly, so when it gives the value back, the digits of `m` are a form that reads back as
    // the value; without its trailing zeros, and with `m` below 10^15, it is the shortest one, which is what `String`
    // prints. One division tells, where trying one decimal after the other takes up to five.
    if (whole === size || (size < MAX_SCALED && scaled / SCALE === size)) {
      if (value < 0) view.setUint8(at++, MINUS)
      if (whole < BILLION) at = putInt32(view, at, whole)
      else {
        const high = Math.floor(whole / BILLION)
        const low = (whole - high * BILLION) | 0
        const millions = (low / MILLION) | 0
        at = putGroup(view, putInt32(view, at, high), FULL_GROUPS[millions])
        at = putSix(view, at, low - millions * MILLION)
      }
      if (whole === size) return at
      // Without the zeros at its end.
      const fraction = (scaled - whole * SCALE) | 0
      const hundredths = (fraction / 100) | 0
      if (hundredths * 100 === fraction) return putGroup(view, at, HUNDREDTHS[hundredths])
      const thousandths = (fraction / 10) | 0
      const last = fraction - thousandths * 10
      view.setUint8(at, POINT)
      at = putGroup(view, at + 1, FULL_GROUPS[thousandths])
      if (last === 0) return at
      view.setUint8(at, ZERO + last)
      return at + 1
    }
  }
  return putAscii(view, at, Number.isFinite(value) ? String(value) : 'null')
}

/** Stores six digits, zeros in front. */
export function putSix(view: DataView, at: number, value: number): number {
  const thousands = (value / 1000) | 0
  return putGroup(view, putGroup(view, at, FULL_GROUPS[thousands]), FULL_GROUPS[value - thousands * 1000])
}

/** Stores text that is known to be ASCII. */
export function putAscii(view: DataView, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) view.setUint8(at++, text.charCodeAt(i))
  return at
}
