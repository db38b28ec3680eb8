import { type Checkpoint, parseCheckpoint } from './checkpoint.js'
import { type NoteSignature, parseNote } from './signed-note.js'
import { parseVerifierKey, type VerifierKey } from './verifier-key.js'

/** A checkpoint as it stands in a file: its text, what it says, and its signatures, not verified yet. */
export interface CheckpointNote {
  readonly text: string
  readonly checkpoint: Checkpoint
  /** By the key of the checkpoint; then, if it names the next key, by that. */
  readonly signatures: readonly NoteSignature[]
  /** The key that signs from now on, if it changes. */
  readonly next: VerifierKey | undefined
}

/** Reads the note of a checkpoint record, strictly; undefined if it is not as the format wants it. */
export function parseCheckpointNote(note: string): CheckpointNote | undefined {
  const parsed = parseNote(note)
  const checkpoint = parsed === undefined ? undefined : parseCheckpoint(parsed.text)
  if (parsed === undefined || checkpoint === undefined) return undefined
  const next = checkpoint.next === undefined ? undefined : parseVerifierKey(checkpoint.next)
  const signers = next === undefined ? [checkpoint.key] : [checkpoint.key, keyLabel(next)]
  const { signatures } = parsed
  const isRight = signatures.length === signers.length && signatures.every((one, i) => keyLabel(one) === signers[i])
  return isRight ? { text: parsed.text, checkpoint, signatures, next } : undefined
}

/** `name+id`, as a checkpoint names its key. */
export function keyLabel(key: { readonly name: string; readonly id: string }): string {
  return `${key.name}+${key.id}`
}
