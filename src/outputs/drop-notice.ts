import type { OutputHost } from './output.js'

/** Counts dropped lines, and has a line say how many they were once lines are taken again. */
export class DropNotice {
  host: OutputHost | undefined = undefined
  private untold = 0

  add(lines = 1): void {
    this.untold += lines
  }

  get isDue(): boolean {
    return this.untold > 0
  }

  tell(): void {
    if (this.untold === 0) return
    const dropped = this.untold
    this.untold = 0
    this.host?.announce?.(dropped)
  }
}
