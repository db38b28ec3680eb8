/** Node's native writers and readers of strings, present on every Buffer and absent from its types. */
export type NativeBuffer = Buffer & {
  utf8Write(text: string, offset: number): number
  latin1Write(text: string, offset: number): number
  utf8Slice(from: number, to: number): string
  latin1Slice(from: number, to: number): string
  hexSlice(from: number, to: number): string
}

/** Uninitialised bytes with an ArrayBuffer of their own. */
export function allocate(size: number): NativeBuffer {
  return Buffer.allocUnsafeSlow(size) as NativeBuffer
}
