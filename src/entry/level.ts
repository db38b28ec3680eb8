/** The levels, lowest first. Higher numbers are more severe. */
export const Level: Readonly<{
  trace: 10
  debug: 20
  info: 30
  warn: 40
  error: 50
  fatal: 60
  panic: 70
}> = Object.freeze({
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  panic: 70,
})

/** A level a line can have. */
export type LevelName = keyof typeof Level

/** A level or `silent`, which admits nothing: what a logger or a sink can be set to. */
export type Threshold = LevelName | 'silent'

/** Above every level. */
export const SILENT = 100

export const LEVEL_NAMES: readonly LevelName[] = Object.freeze(Object.keys(Level) as LevelName[])

export const THRESHOLDS: readonly Threshold[] = Object.freeze([...LEVEL_NAMES, 'silent'] as Threshold[])

/** The number of a threshold. */
export function thresholdNumber(name: Threshold): number {
  return name === 'silent' ? SILENT : Level[name]
}

/** The name of a threshold's number. */
export function thresholdName(number: number): Threshold {
  return number >= SILENT ? 'silent' : levelName(number)
}

/** The name of a level's number. */
export function levelName(number: number): LevelName {
  return LEVEL_NAMES[number / 10 - 1]
}

/** A place for a level in a list of {@link LEVEL_SLOTS}: by a shift, since a division by ten is a slow one. */
export function levelSlot(number: number): number {
  return number >> 3
}

/** One more than the highest {@link levelSlot}. */
export const LEVEL_SLOTS: number = levelSlot(Level.panic) + 1
