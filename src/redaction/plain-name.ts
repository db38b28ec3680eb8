/** A name as names are compared: without case, `-`, `_`, `.` and spaces. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, '')
}
