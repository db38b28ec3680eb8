// A destination that does as little as one can: lines are appended to one 16 KiB buffer, written when it is full.
// Given to pino it shows pino's own work; pino's destination re-measures everything it holds for every line.
import fs from 'node:fs'

const blockBytes = 16 * 1024
const maxBytesPerUnit = 3 // one UTF-16 unit becomes at most three bytes of UTF-8

export class BlockBuffer {
  constructor(path) {
    this.fd = fs.openSync(path, 'a')
    this.block = Buffer.allocUnsafeSlow(blockBytes)
    this.length = 0
  }

  write(text) {
    const most = text.length * maxBytesPerUnit
    if (this.length + most > blockBytes) {
      this.flush()
      if (most > blockBytes) return this.writeAll(Buffer.from(text))
    }
    this.length += this.block.utf8Write(text, this.length)
  }

  flush() {
    this.writeAll(this.block, this.length)
    this.length = 0
  }

  writeAll(bytes, end = bytes.length) {
    for (let at = 0; at < end;) at += fs.writeSync(this.fd, bytes, at, end - at)
  }

  close() {
    this.flush()
    fs.closeSync(this.fd)
  }
}
