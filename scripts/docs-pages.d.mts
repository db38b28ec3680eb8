import type { ReadEntry } from './declarations.mjs'

export function filesFor(read: readonly ReadEntry[]): Record<string, string>
