import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type BufferMode, createLogger, file, type FileOptions, json, type Logger } from 'wideline'
import { SimulatedFiles } from './simulated-files.js'

const RUNS = process.env['WIDELINE_LONG'] === undefined ? 40 : 600

/** One thing that happens. */
type Step =
  | { readonly does: 'log'; readonly lines: number; readonly size: number; readonly level: 'info' | 'warn' }
  | { readonly does: 'turn' | 'flush' | 'flushSync' | 'later' | 'rename' | 'remove' | 'hangUp' }
  | { readonly does: 'short'; readonly most: number; readonly times: number }
  | { readonly does: 'fail'; readonly code: string; readonly times: number }
  | { readonly does: 'crash'; readonly keep: number }

const step = (isCrashing: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        does: fc.constant('log' as const),
        lines: fc.integer({ min: 1, max: 60 }),
        size: fc.constantFrom(0, 10, 100, 3_000),
        level: fc.constantFrom('info' as const, 'warn' as const),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        does: fc.constantFrom('turn', 'flush', 'flushSync', 'later', 'rename', 'remove', 'hangUp'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        does: fc.constant('short' as const),
        most: fc.integer({ min: 1, max: 2_000 }),
        times: fc.integer({ min: 1, max: 5 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        does: fc.constant('fail' as const),
        code: fc.constantFrom('EIO', 'ENOSPC', 'EINTR', 'EBUSY', 'EAGAIN'),
        times: fc.integer({ min: 1, max: 2 }),
      }),
    },
    ...(isCrashing
      ? [
          {
            weight: 1,
            arbitrary: fc.record({
              does: fc.constant('crash' as const),
              keep: fc.double({ min: 0, max: 1, noNaN: true }),
            }),
          },
        ]
      : []),
  )

const fileOptions: fc.Arbitrary<FileOptions> = fc.record({
  buffer: fc.constantFrom<BufferMode>('none', 'line', 'tick', 'block'),
  bufferSize: fc.constantFrom(1_024, 16_384),
  fsync: fc.constantFrom('never' as const, 'interval' as const, 'always' as const),
  rotate: fc.constantFrom({}, { maxBytes: 4_096 }, { maxBytes: 20_000, symlink: true }),
  reopenOn: fc.constant('SIGHUP' as const),
})

afterEach(() => vi.restoreAllMocks())

/** The world of one run: a disk, a clock, a program that may crash and begin anew. */
class World {
  readonly disk = new SimulatedFiles()
  private readonly path = `${this.disk.folder}/app.log`
  logged = 0
  /** Lines that are on the disk for good: they were synced, with no crash between the call and that. */
  readonly safe: number[] = []
  private unsafeFrom = 0
  crashes = 0
  private offsetMs = 0
  private logger!: Logger

  constructor(private readonly options: FileOptions) {
    this.disk.install()
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + this.offsetMs)
    this.begin()
  }

  async take(each: Step): Promise<void> {
    const { disk, logger } = this
    if (each.does === 'log')
      for (let i = 0; i < each.lines; i++) logger[each.level]('line', { n: this.logged++, fill: 'x'.repeat(each.size) })
    else if (each.does === 'turn') await nextTurn()
    else if (each.does === 'flush') await this.flush()
    else if (each.does === 'flushSync') logger.flushSync()
    else if (each.does === 'later') this.offsetMs += 600
    else if (each.does === 'rename') this.tryTo(() => disk.rename(this.path, `${disk.folder}/away-${this.logged}`))
    else if (each.does === 'remove') this.tryTo(() => disk.remove(this.path))
    else if (each.does === 'hangUp') process.emit('SIGHUP')
    else if (each.does === 'short') disk.fault.next = { most: each.most, times: each.times }
    else if (each.does === 'fail') disk.fault.next = { code: each.code, times: each.times }
    else if (each.does === 'crash') await this.crash(each.keep)
  }

  async end(): Promise<void> {
    this.disk.fault.next = undefined
    await this.logger.close()
  }

  /** Every line that any file ever had, file by file. */
  lines(): { n: number; ino: number }[] {
    return this.disk.inodes.flatMap(({ bytes, ino }) => {
      const pieces = bytes.toString().split('\n')
      if (pieces.pop() !== '') {
        // A crash may tear one that was renamed or rotated before: nobody comes back to that.
        if (this.crashes === 0 || this.disk.inodeAt(this.path)?.ino === ino)
          throw new Error('a file ends within a line')
        this.torn++
      }
      return pieces.flatMap((piece) => {
        try {
          return [{ n: (JSON.parse(piece) as { n: number }).n, ino }]
        } catch {
          // Torn by a crash, and ended by whoever came after it; each crash can tear one line a file.
          this.torn++
          return []
        }
      })
    })
  }

  torn = 0

  private begin(): void {
    this.logger = createLogger({
      outputs: [{ output: file(this.path, this.options), encoder: json() }],
      onError: () => undefined,
    })
  }

  private async flush(): Promise<void> {
    this.disk.fault.next = undefined
    await this.logger.flush()
    if (this.options.fsync === 'never') return
    for (; this.unsafeFrom < this.logged; this.unsafeFrom++) this.safe.push(this.unsafeFrom)
  }

  private async crash(keep: number): Promise<void> {
    // Nothing of the old program reaches the disk any more.
    this.disk.crash(keep)
    this.crashes++
    this.unsafeFrom = this.logged
    process.removeAllListeners('SIGHUP')
    this.begin()
    await nextTurn()
  }

  /** An outsider may find nothing to do. */
  private tryTo(act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!String(error).includes('ENOENT')) throw error
    }
  }
}

async function run(given: FileOptions, steps: readonly Step[]): Promise<World> {
  const world = new World(given)
  try {
    for (const each of steps) await world.take(each)
    await world.end()
    return world
  } finally {
    vi.restoreAllMocks()
  }
}

describe('a file on a disk that does what disks do', { timeout: 1_200_000 }, () => {
  it('has every line once, whole, and in order within each file', async () => {
    await fc.assert(
      fc.asyncProperty(fileOptions, fc.array(step(false), { maxLength: 40 }), async (given, steps) => {
        const world = await run(given, steps)
        const lines = world.lines()
        expect(world.torn).toBe(0)
        expect(lines.map(({ n }) => n)).toEqual(Array.from({ length: world.logged }, (_, n) => n))
      }),
      { numRuns: RUNS },
    )
  })

  it('is told from a disk that swallows what it says it took (control)', async () => {
    const world = new World({ buffer: 'none' })
    await world.take({ does: 'log', lines: 10, size: 10, level: 'info' })
    world.disk.fault.next = { most: 30, isSwallowed: true, times: 1 }
    await world.take({ does: 'log', lines: 10, size: 10, level: 'info' })
    await world.end()
    expect(world.lines()).not.toHaveLength(20)
  })

  it('has after a crash every line that was synced, and never glues one to a torn one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fileOptions.filter(({ rotate }) => rotate?.symlink !== true),
        fc.array(step(true), { maxLength: 40 }),
        async (given, steps) => {
          const world = await run(given, steps)
          const numbers = new Set(world.lines().map(({ n }) => n))
          expect(world.safe.filter((n) => !numbers.has(n))).toEqual([])
          expect(world.torn).toBeLessThanOrEqual(world.crashes * Math.max(1, world.disk.inodes.length))
        },
      ),
      { numRuns: RUNS },
    )
  })
})
