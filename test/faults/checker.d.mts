/** What a checker found. */
export interface Found {
  readonly whole: number
  readonly lost: number
  readonly foreign: number
  readonly torn: number
  readonly doubled: number
  readonly disordered: number
  readonly isEndTorn: boolean
}

export function checkBytes(bytes: Uint8Array, lines: number, producers?: number): Found
export function checkFiles(files: readonly string[], lines: number, producers?: number): Found
