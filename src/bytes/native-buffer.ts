/** Node's native string writers, present on every Buffer and absent from its types. They allocate nothing. */
export type NativeBuffer = Buffer & {
  utf8Write(text: string, offset: number): number
  latin1Write(text: string, offset: number): number
}

/** Uninitialised bytes with an ArrayBuffer of their own. */
export function allocate(size: number): NativeBuffer {
  return Buffer.allocUnsafeSlow(size) as NativeBuffer
}
