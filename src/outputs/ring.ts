import { ByteBuffer } from '../bytes/byte-buffer.js'
import type { NativeBuffer } from '../bytes/native-buffer.js'
import { LATENCY_BYTES } from './latency.js'
import type { RingStates, RingWords } from './ring-drain.js'
import { sleepSync } from './sleep.js'
import { ticks } from './timers.js'

const STATES: RingStates = { idle: 0, choosing: 1, writing: 2, held: 3, heldWriting: 4 }
/** Words of the control block before its columns. */
const HEAD_WORDS = 16
/** The worker is between two states for microseconds; a dead one may have stopped there. */
const CHOOSING_MS = 100
const NEWLINE = 0x0a

interface Memory {
  readonly bytes: NativeBuffer
  readonly view: DataView
}

/**
 * Blocks of shared memory in a queue: one is being filled by this thread, those before it wait for another thread that
 * writes them. Places of the queue count up and come round; a block belongs to the place that it stands in.
 */
export class Ring {
  readonly control: Int32Array<SharedArrayBuffer>
  readonly data: SharedArrayBuffer
  readonly numbers: Float64Array<SharedArrayBuffer> = new Float64Array(new SharedArrayBuffer(16))
  readonly latency: SharedArrayBuffer = new SharedArrayBuffer(LATENCY_BYTES)
  readonly words: RingWords
  readonly states: RingStates = STATES
  /** The block that is being filled. Its memory is replaced when it grows: see {@link hasGrown}. */
  readonly block: ByteBuffer = new ByteBuffer(4)
  private readonly memories: Memory[] = []
  /** Lines that end in each place's block, and whether it begins within one. */
  private readonly lines: number[]
  private readonly isContinued: boolean[]
  private home: NativeBuffer
  private harvested = 0
  /** Lines of the block that is being filled which the other thread was let see, and which do not count as written. */
  private visibleLines = 0
  writtenLines = 0
  writtenBytes = 0

  constructor(
    readonly places: number,
    readonly blockBytes: number,
  ) {
    this.words = {
      state: 0,
      sealed: 1,
      read: 2,
      readAt: 3,
      chunk: 4,
      signal: 5,
      sleeps: 6,
      isReady: 7,
      isEnded: 8,
      blocks: HEAD_WORDS,
      lengths: HEAD_WORDS + places,
      descriptors: HEAD_WORDS + 2 * places,
    }
    this.control = new Int32Array(new SharedArrayBuffer((HEAD_WORDS + 3 * places) * 4))
    this.data = new SharedArrayBuffer(places * blockBytes)
    this.lines = new Array<number>(places).fill(0)
    this.isContinued = new Array<boolean>(places).fill(false)
    for (let i = 0; i < places; i++) {
      this.control[this.words.blocks + i] = i
      this.memories.push({
        bytes: Buffer.from(this.data, i * blockBytes, blockBytes) as NativeBuffer,
        view: new DataView(this.data, i * blockBytes, blockBytes),
      })
    }
    this.home = this.memories[0].bytes
    this.goHome()
  }

  /** Whether a line did not fit and the block went on in memory of its own: {@link goHome} ends that. */
  get hasGrown(): boolean {
    return this.block.bytes !== this.home
  }

  /** The block is in the ring's memory again; what lay behind `length` there is not. */
  goHome(): void {
    const { bytes, view } = this.memories[this.control[this.words.blocks + this.place]]
    this.home = bytes
    this.block.bytes = bytes
    this.block.view = view
  }

  private get place(): number {
    return this.control[this.words.sealed] % this.places
  }

  get free(): number {
    return this.places - 1 - (this.control[this.words.sealed] - Atomics.load(this.control, this.words.read))
  }

  /** Changes whenever the other thread gets on. */
  get progress(): number {
    return Atomics.load(this.control, this.words.read) * this.blockBytes + Atomics.load(this.control, this.words.readAt)
  }

  get isReady(): boolean {
    return Atomics.load(this.control, this.words.isReady) === 1
  }

  get isEnded(): boolean {
    return Atomics.load(this.control, this.words.isEnded) === 1
  }

  get isEmpty(): boolean {
    return (
      Atomics.load(this.control, this.words.read) === this.control[this.words.sealed] &&
      Atomics.load(this.control, this.words.readAt) === this.control[this.words.lengths + this.place]
    )
  }

  /** Lines that are in the ring, published or not. */
  addLine(): void {
    this.lines[this.place]++
  }

  /**
   * Lets the other thread see the block up to `length`.
   *
   * @param isUrgent - It shall not finish its wait, of a millisecond, between two looks.
   */
  publish(length: number, isUrgent = false): void {
    const { control, words } = this
    Atomics.store(control, words.lengths + this.place, length)
    this.visibleLines = this.lines[this.place]
    if (isUrgent || Atomics.load(control, words.sleeps) === 1) {
      Atomics.add(control, words.signal, 1)
      Atomics.notify(control, words.signal)
    }
  }

  /** Where the block that is being filled goes to. */
  set descriptor(descriptor: number) {
    this.control[this.words.descriptors + this.place] = descriptor
  }

  /** Goes on with the next block, which must be free. What is in this one must be published. */
  advance(isContinued: boolean): void {
    const { control, words } = this
    this.harvest()
    const place = (control[words.sealed] + 1) % this.places
    this.lines[place] = 0
    this.visibleLines = 0
    this.isContinued[place] = isContinued
    control[words.descriptors + place] = control[words.descriptors + this.place]
    Atomics.store(control, words.lengths + place, 0)
    Atomics.add(control, words.sealed, 1)
    this.block.length = 0
    this.goHome()
  }

  /** Counts what is written. Lines of a block that is written in part count when it is whole. */
  harvest(): void {
    const { control, words } = this
    const read = Atomics.load(control, words.read)
    for (; this.harvested < read; this.harvested++) {
      const place = this.harvested % this.places
      this.writtenLines += this.lines[place]
      this.writtenBytes += control[words.lengths + place]
      this.lines[place] = 0
    }
    if (!this.isEmpty) return
    // Up to date within the last block: what it was let see counts now, and not again.
    this.writtenLines += this.visibleLines
    this.lines[this.place] -= this.visibleLines
    this.visibleLines = 0
  }

  get bytesSoFar(): number {
    return this.writtenBytes + Atomics.load(this.control, this.words.readAt)
  }

  /** The descriptors that blocks still wait for. */
  descriptorsInUse(): Set<number> {
    const { control, words } = this
    const inUse = new Set<number>()
    for (let at = Atomics.load(control, words.read); at <= control[words.sealed]; at++)
      inUse.add(control[words.descriptors + (at % this.places)])
    return inUse
  }

  /**
   * Forgets the oldest block that nothing has been written of, to make a place.
   *
   * @returns its lines; 0 where there is none that can go.
   */
  dropOldest(): number {
    if (!this.hold()) return 0
    const { control, words } = this
    const isWriting = control[words.state] === STATES.heldWriting
    let first = control[words.read] + (isWriting || control[words.readAt] > 0 ? 1 : 0)
    const sealed = control[words.sealed]
    while (first < sealed && this.isContinued[first % this.places]) first++
    let dropped = 0
    let next = first
    // A line that goes on over several blocks goes as a whole.
    while (next < sealed && (next === first || this.isContinued[next % this.places])) {
      dropped += this.lines[next % this.places]
      next++
    }
    if (next >= sealed && this.isContinued[sealed % this.places]) next = first
    if (next > first) this.close(first, next - first)
    else dropped = 0
    this.release()
    return dropped
  }

  /** Moves the blocks behind a gap up; the blocks of the gap come to stand behind the last. */
  private close(first: number, count: number): void {
    const { control, words, places } = this
    for (let gap = 0; gap < count; gap++) {
      const freed = control[words.blocks + (first % places)]
      const sealed = control[words.sealed]
      for (let to = first; to < sealed; to++) {
        const [a, b] = [to % places, (to + 1) % places]
        for (const column of [words.blocks, words.lengths, words.descriptors]) control[column + a] = control[column + b]
        this.lines[a] = this.lines[b]
        this.isContinued[a] = this.isContinued[b]
      }
      control[words.blocks + (sealed % places)] = freed
      Atomics.store(control, words.sealed, sealed - 1)
    }
  }

  /** Keeps the other thread from the queue. It may be in the middle of a write; that is left to it. */
  private hold(): boolean {
    const { control, words } = this
    const deadline = ticks() + CHOOSING_MS
    for (;;) {
      if (Atomics.compareExchange(control, words.state, STATES.idle, STATES.held) === STATES.idle) return true
      if (Atomics.compareExchange(control, words.state, STATES.writing, STATES.heldWriting) === STATES.writing)
        return true
      if (ticks() > deadline) return false
    }
  }

  private release(): void {
    const { control, words } = this
    const state = control[words.state] === STATES.held ? STATES.idle : STATES.writing
    Atomics.store(control, words.state, state)
    Atomics.notify(control, words.state)
  }

  /**
   * Takes the queue for good. Waits for a write that is under way.
   *
   * @param isDead - The other thread is gone, wherever it stood.
   * @returns false where it still writes after `limitMs`.
   */
  seize(limitMs: number, isDead: boolean): boolean {
    const { control, words } = this
    if (isDead) return true
    const deadline = ticks() + limitMs
    for (;;) {
      const state = Atomics.compareExchange(control, words.state, STATES.idle, STATES.held)
      if (state === STATES.idle || state === STATES.held) return true
      if (ticks() >= deadline) return false
      if (state === STATES.choosing) sleepSync(0.01)
      else Atomics.wait(control, words.state, state, Math.min(10, limitMs))
    }
  }

  /** The write that a thread which died left behind: where it went, its bytes, and the file's size before it. */
  unfinished(): { descriptor: number; bytes: NativeBuffer; from: number; to: number; sizeBefore: number } | undefined {
    const { control, words } = this
    if (control[words.state] !== STATES.writing && control[words.state] !== STATES.heldWriting) return undefined
    const place = control[words.read] % this.places
    const from = control[words.readAt]
    return {
      descriptor: control[words.descriptors + place],
      bytes: this.memories[control[words.blocks + place]].bytes,
      from,
      to: from + control[words.chunk],
      sizeBefore: this.numbers[0],
    }
  }

  /** So many bytes more are written. */
  skip(bytes: number): void {
    this.control[this.words.readAt] += bytes
  }

  /**
   * What is not written yet, of a ring that was seized: whole lines, copied. Of a line that is written in part the beginning
   * too, where it is still there.
   */
  rest(): { bytes: Buffer; written: number; begunIn: number | undefined } {
    const { control, words } = this
    const read = control[words.read]
    const sealed = control[words.sealed]
    const readAt = control[words.readAt]
    let from = this.blockAt(read).subarray(0, readAt).lastIndexOf(NEWLINE) + 1
    let first = read
    // A line of several blocks begins with one. What lies so many places back is being filled again.
    if (from === 0) while (this.isContinued[first % this.places] && sealed - first < this.places - 1) first--
    const isWithinLine = from < readAt || this.isContinued[read % this.places]
    if (from === 0 && this.isContinued[first % this.places]) {
      first = read
      from = readAt
    }
    const pieces: Buffer[] = []
    let written = readAt - from
    for (let at = first; at <= sealed; at++) {
      const piece = this.blockAt(at).subarray(at === read ? from : 0, control[words.lengths + (at % this.places)])
      pieces.push(piece)
      if (at < read) written += piece.length
    }
    const begunIn = isWithinLine ? control[words.descriptors + (read % this.places)] : undefined
    return { bytes: Buffer.concat(pieces), written, begunIn }
  }

  private blockAt(place: number): NativeBuffer {
    return this.memories[this.control[this.words.blocks + (place % this.places)]].bytes
  }
}
