import type { Preset, Slot } from './presets/preset.js'

const UNDERSCORE = 0x5f

/** What a preset does with names. */
export interface PresetNames {
  /** Names that no field of the application's may have; where they come in, they get a leading underscore. */
  readonly reserved: readonly string[]
  /** Slots by the name of the field they take. */
  readonly slots: ReadonlyMap<string, readonly number[]>
  /** Of each slot. */
  readonly isOfRequest: readonly boolean[]
  /** Names under which the line's error may come, the foremost first. */
  readonly errors: readonly string[]
  /** The one of them that is also its key on the line: a field of that name that is no error keeps it from there. */
  readonly ownError: string | undefined
  /** Whether a field of this name stands outside of the section. */
  isPublic(name: string): boolean
  /** Whether a field of a context may have a place of its own on some line. */
  mayMove(name: string): boolean
  /**
   * Whether a field that stands under its own name gets an underscore here: the format writes that name, and also reads
   * fields of that name, so that they could not get it where they came in.
   */
  isTaken(name: string): boolean
  /** The name of a slot that this is, or would be without its underscores, where such names are yielded. */
  yielded(name: string): string | undefined
}

/** @param errors - See {@link PresetNames.errors}. */
export function namesOf(preset: Preset, errors: readonly string[]): PresetNames {
  const slots = new Map<string, number[]>()
  preset.slots.forEach(({ from }, index) => slots.set(from, [...(slots.get(from) ?? []), index]))
  const moving = new Set(preset.slots.filter((slot) => !slot.isOfRequest).map((slot) => slot.from))
  const { publicNames } = preset
  const isPublic = (name: string): boolean => publicNames !== undefined && name.includes('.') && publicNames.test(name)
  const ownError = preset.error.keys.find((key) => key === preset.keys.error)
  const isRead = (name: string): boolean => slots.has(name) || errors.includes(name)
  const yielding = new Set(preset.yieldsNames === true ? preset.slots.map(topName) : [])
  const yielded = (name: string): string | undefined => {
    const base = yielding.size > 0 ? withoutUnderscores(name) : ''
    return yielding.has(base) ? base : undefined
  }
  const written = writtenBesideFields(preset).filter((name) => name !== ownError && !yielding.has(name))
  const taken = new Set(written.filter(isRead))
  return {
    reserved: written.filter((name) => !isRead(name)),
    slots,
    isOfRequest: preset.slots.map((slot) => slot.isOfRequest),
    errors,
    ownError,
    isPublic,
    mayMove: (name) => moving.has(name) || errors.includes(name) || isPublic(name) || yielded(name) !== undefined,
    isTaken: (name) => taken.size > 0 && taken.has(withoutUnderscores(name)),
    yielded,
  }
}

/** The names that the preset writes into the same object as the application's fields. */
function writtenBesideFields(preset: Preset): string[] {
  const { keys, ownKeys, slots, error, section } = preset
  const outside = [keys.level, keys.time, keys.logger, keys.message, ...ownKeys]
  const inside: string[] = []
  for (const slot of slots) (slot.isInside === true ? inside : outside).push(topName(slot))
  if (error.isInside) inside.push(...error.keys)
  else outside.push(...error.keys)
  if (section === undefined) inside.push(...outside)
  else if (preset.publicNames !== undefined) inside.push(...outside.filter((name) => preset.publicNames!.test(name)))
  return [...new Set(inside)]
}

/** The key that a slot has on the line, or in its section. */
export function topName({ group, to }: Slot): string {
  return group ?? to
}

/** `_status` becomes `__status` where `status` becomes `_status`, and so on: so different names stay different. */
function withoutUnderscores(name: string): string {
  let at = 0
  while (name.charCodeAt(at) === UNDERSCORE) at++
  return at === 0 ? name : name.slice(at)
}
