import { Fragment, FRAGMENT_SLACK, putFragment } from './fragment.js'
import { allocate, type NativeBuffer } from './native-buffer.js'
import { unitAt } from './unit-at.js'

/** Capacity of a buffer that grew from nothing, in bytes. */
const MIN_GROWN = 64

/** Below this many UTF-16 units a plain loop beats a native write plus a scan (crossing measured near 36). */
const LOOP_TEXT_LIMIT = 32

/**
 * Growable bytes with a length: where every line is encoded.
 *
 * Whoever took the buffer from a {@link BufferPool} owns it until giving it back. Writers call {@link reserve} once
 * and then store into `bytes` without further checks, so `length` never passes `bytes.length`.
 */
export class ByteBuffer {
  /** Storage. Replaced on growth: read it again after every {@link reserve}. */
  bytes: NativeBuffer
  /** The same memory, to be read and stored by four and eight bytes at any place. */
  view: DataView
  /** Bytes in use, from the start of {@link bytes}. */
  length: number
  /** Set by the pool: false while the buffer lies in it. */
  isTaken: boolean

  constructor(capacity: number) {
    this.bytes = allocate(capacity)
    this.view = new DataView(this.bytes.buffer)
    this.length = 0
    this.isTaken = false
  }

  /** Makes room for `extra` more bytes after `length`. May replace {@link bytes}. */
  reserve(extra: number): void {
    if (this.length + extra > this.bytes.length) this.grow(extra)
  }

  /**
   * Makes room for `extra` more bytes after `at`, where a writer stands that keeps its place to itself, and returns the
   * bytes to go on with.
   */
  reserveAt(at: number, extra: number): NativeBuffer {
    if (at + extra > this.bytes.length) {
      this.length = at
      this.grow(extra)
    }
    return this.bytes
  }

  /** Appends one byte. */
  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.length++] = value
  }

  /** Appends a fragment. */
  fragment(fragment: Fragment): void {
    this.reserve(fragment.length + FRAGMENT_SLACK)
    this.length = putFragment(this.bytes, this.view, this.length, fragment)
  }

  /** What stands from `start` on, to be appended elsewhere: UTF-8 without DEL. */
  toFragment(start = 0): Fragment {
    const { length } = this
    this.endWords()
    return new Fragment(this.bytes, this.view, start, length)
  }

  /**
   * @internal Has what stands behind the last byte make no NaN, whose bits need not stay as they are when whole words are copied. Two
   * stores: `fill` is a call out of JavaScript, which takes 0.3 µs between other work.
   */
  endWords(): void {
    this.reserve(FRAGMENT_SLACK)
    this.view.setFloat64(this.length, 0)
    this.view.setFloat64(this.length + 8, 0)
  }

  /** Appends `source[from]` up to, not including, `source[to]`. */
  copyRange(source: Uint8Array, from: number, to: number): void {
    this.reserve(to - from)
    const bytes = this.bytes
    let at = this.length
    for (let i = from; i < to; i++) bytes[at++] = source[i]
    this.length = at
  }

  /** Appends what stands in another buffer between two places: eight bytes at a time, as the bits of a double. */
  copyFrom(source: ByteBuffer, from: number, to: number): void {
    // Whole words are read, beyond the last place as well.
    if (to + 8 > source.bytes.length) {
      this.copyRange(source.bytes, from, to)
      return
    }
    const size = to - from
    this.reserve(size + 8)
    const { view, length } = this
    const { view: read } = source
    for (let i = 0; i < size; i += 8) {
      const word = read.getFloat64(from + i, true)
      // The bits of a NaN need not stay as they are. No text has one.
      if (Number.isNaN(word)) view.setBigInt64(length + i, read.getBigInt64(from + i, true), true)
      else view.setFloat64(length + i, word, true)
    }
    this.length = length + size
  }

  /** Appends text as UTF-8; a lone surrogate becomes U+FFFD. */
  text(value: string): void {
    const units = value.length
    this.reserve(units * 3)
    let at = this.length
    if (units <= LOOP_TEXT_LIMIT) {
      const bytes = this.bytes
      for (let i = 0; i < units; i++) {
        const unit = unitAt(value, i)
        if (unit >= 0x80) {
          this.length += this.bytes.utf8Write(value, this.length)
          return
        }
        bytes[at++] = unit
      }
      this.length = at
      return
    }
    at += this.bytes.utf8Write(value, at)
    this.length = at
  }

  /** The bytes from `start` to the end of what is written, as a string. Allocates: for tests and fallbacks. */
  toString(start = 0): string {
    return this.bytes.utf8Slice(start, this.length)
  }

  private grow(extra: number): void {
    const old = this.bytes
    let capacity = Math.max(old.length * 2, MIN_GROWN)
    while (capacity < this.length + extra) capacity *= 2
    this.bytes = allocate(capacity)
    this.view = new DataView(this.bytes.buffer)
    old.copy(this.bytes, 0, 0, this.length)
  }
}
