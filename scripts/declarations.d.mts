/** An export of an entry point. */
export interface ReadExport {
  readonly name: string
}
/** An entry point. */
export interface ReadEntry {
  readonly name: string
  readonly exports: readonly ReadExport[]
}
export function readDeclarations(entries: Readonly<Record<string, string>>, folder: string): readonly ReadEntry[]
export function problemsOf(read: readonly ReadEntry[]): string[]
export function entriesIn(manifest: unknown, folder: string): Record<string, string>
