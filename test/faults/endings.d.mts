import type { Found } from './checker.mjs'

export const LINES: number
type Ending = 'natural' | 'exit' | 'throw' | 'rejection' | 'exit in toJSON' | 'SIGTERM' | 'SIGINT' | 'SIGKILL' | 'abort'
export const ENDINGS: Readonly<Record<Ending, { readonly code: number }>>
export const ABRUPT: readonly Ending[]
export function runToEnd(settings: {
  sink: string
  folder: string
  logger: string
  ending: string
  isWarm: boolean
}): Promise<Found & { readonly code: number }>
