import type { SinkStats } from 'wideline'

export function readSlowly(how: { settings: object; stallMs?: number; bytesPerSecond?: number }): Promise<{
  offered: number
  baseRss: number
  maxRss: number
  lagMs: { p50: number; p99: number; max: number }
  atExit: SinkStats
  lines: number
  bytes: number
  code: number | null
}>
