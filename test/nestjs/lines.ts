import fs from 'node:fs'
import { memory, type Output } from 'wideline'
import { vi } from 'vitest'

/** A line, parsed. */
export type Line = Record<string, unknown>

/** Keeps lines, and lets a test wait for one. */
export class Lines implements Output {
  private readonly kept = memory({ maxLines: 100_000 })
  private waiting: (() => void)[] = []

  get all(): Line[] {
    return this.kept.parsed()
  }

  /** The wide lines. Only they have an outcome. */
  get wide(): Line[] {
    return this.all.filter((line) => 'outcome' in line)
  }

  get text(): string {
    return this.kept.lines.join('\n')
  }

  /** The first line like this one, now or when it comes. */
  async next(isMeant: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const found = this.all.find(isMeant)
      if (found !== undefined) return found
      await this.change()
    }
  }

  /** The wide lines, when there are as many. */
  async untilWide(count: number): Promise<Line[]> {
    while (this.wide.length < count) await this.change()
    return this.wide
  }

  clear(): void {
    this.kept.clear()
  }

  begin(): ReturnType<Output['begin']> {
    return this.kept.begin()
  }

  commit(level: number): void {
    this.kept.commit(level)
    for (const wake of this.waiting.splice(0)) wake()
  }

  flush(): Promise<void> {
    return this.kept.flush()
  }

  flushSync(): void {
    this.kept.flushSync()
  }

  close(): Promise<void> {
    return this.kept.close()
  }

  stats(): ReturnType<Output['stats']> {
    return this.kept.stats()
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }
}

/** What is written to standard output meanwhile, as lines; none of it gets there. */
export async function linesOnStdout(run: () => Promise<unknown>): Promise<Line[]> {
  let text = ''
  const write = (descriptor: number, bytes: Uint8Array, from = 0, length = bytes.length - from): number => {
    if (descriptor === 1) text += Buffer.from(bytes.subarray(from, from + length)).toString()
    return length
  }
  const spy = vi.spyOn(fs, 'writeSync').mockImplementation(write as typeof fs.writeSync)
  try {
    await run()
  } finally {
    spy.mockRestore()
  }
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Line)
}
