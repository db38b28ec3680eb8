import fs from 'node:fs'
import { vi } from 'vitest'

type Write = (descriptor: number, bytes: Uint8Array, offset: number, length: number) => number

/** Stands between an output and the kernel for a while. Other descriptors are left alone. */
export interface Shim {
  /** Calls that wrote to a descriptor of ours so far. */
  readonly calls: number
  restore(): void
}

/** Lets every write of bytes go through a function, which may fail, or write a part. */
export function shimWrites(replace: (write: Write, ...call: Parameters<Write>) => number): Shim {
  const real = fs.writeSync.bind(fs) as Write
  let calls = 0
  const spy = vi.spyOn(fs, 'writeSync').mockImplementation(((...call: Parameters<Write>) => {
    if (!(call[1] instanceof Uint8Array)) return real(...call)
    calls++
    return replace(real, ...call)
  }) as typeof fs.writeSync)
  return {
    get calls() {
      return calls
    },
    restore: () => spy.mockRestore(),
  }
}

/** What the kernel throws. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected, write`), { code, syscall: 'write' })
}
