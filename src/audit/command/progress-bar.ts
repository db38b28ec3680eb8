import type { AuditProgress } from '../verify.js'
import type { CommandStream } from './terminal.js'

const CELLS = 24
const MIB = 1_048_576

/** A line on a terminal that is written over and over. Where there is no terminal nothing is written. */
export class ProgressBar {
  private readonly startedAt = performance.now()
  private shown = 0

  constructor(private readonly out: CommandStream) {}

  show({ bytes, total, lines }: AuditProgress): void {
    if (this.out.isTTY !== true) return
    const share = total === 0 ? 1 : bytes / total
    const full = Math.round(share * CELLS)
    const rate = bytes / MIB / Math.max(0.001, (performance.now() - this.startedAt) / 1000)
    const bar = `${'█'.repeat(full)}${'░'.repeat(CELLS - full)}`
    const percent = `${Math.floor(share * 100)} %`.padStart(5)
    const text = `${bar} ${percent}  ${count(lines)} lines  ${rate.toFixed(0)} MiB/s`
    const cut = text.slice(0, Math.max(20, (this.out.columns ?? 80) - 1))
    this.out.write(`\r${cut.padEnd(this.shown)}`)
    this.shown = cut.length
  }

  /** Takes the line away. */
  clear(): void {
    if (this.shown > 0) this.out.write(`\r${' '.repeat(this.shown)}\r`)
    this.shown = 0
  }
}

/** A number with its thousands apart. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
