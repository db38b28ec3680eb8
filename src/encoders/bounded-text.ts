import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { bounded } from './limits.js'

/**
 * Appends a text within its bound: of what escapes make more than two bytes a unit, a quarter of the units.
 *
 * @param max - Units.
 * @param write - How this format appends a text.
 */
export function writeBounded(
  out: ByteBuffer,
  text: string,
  max: number,
  write: (out: ByteBuffer, text: string) => void,
): void {
  if (text.length <= max >> 2) {
    write(out, text)
    return
  }
  const start = out.length
  write(out, bounded(text, max))
  if (out.length - start <= max * 2) return
  out.length = start
  write(out, bounded(text, max >> 2))
}
