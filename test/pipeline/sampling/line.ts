import type { LevelName, ReadableLine } from 'wideline'

/** A line with these fields, for samplers. */
export function line(
  fields: Readonly<Record<string, unknown>> = {},
  message = 'm',
  level: LevelName = 'info',
): ReadableLine {
  return { level, time: 0, logger: '', message, get: (key) => fields[key], has: (key) => key in fields }
}
