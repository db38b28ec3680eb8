/** A text of a client's, with no more than so many UTF-16 units of it. */
export function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text
}
