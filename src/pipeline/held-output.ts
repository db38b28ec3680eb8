import type { ByteBuffer } from '../bytes/byte-buffer.js'
import type { HeldTrack } from './held-track.js'
import type { LineOutput } from './ledger.js'

/** Has {@link ShortWay} write to the lines that are held back, of one unit at a time. */
export class HeldOutput implements LineOutput {
  /** Where the line under way goes. */
  track: HeldTrack | undefined = undefined

  begin(): ByteBuffer {
    const track = this.track!
    track.isBusy = true
    return track.begin()
  }

  commit(level: number): void {
    this.track!.commit(level)
  }
}
