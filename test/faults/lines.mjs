// The lines that the fault tests log: a producer, a number and a checksum over both, so that a reader can tell what is
// missing, torn, doubled or out of order.

/** FNV-1a over what identifies a line. */
export function checksum(producer, number) {
  let hash = 0x811c9dc5
  for (const unit of `${producer}:${number}`) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193) >>> 0
  return hash.toString(16)
}

/** The fields of one line. */
export const fieldsOf = (producer, number, fill = '') => ({
  p: producer,
  n: number,
  c: checksum(producer, number),
  fill,
})
