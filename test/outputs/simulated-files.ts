import fs from 'node:fs'
import path from 'node:path'
import { vi } from 'vitest'

const PREFIX = '/simulated'
const FIRST_DESCRIPTOR = 1_000_000
// A program that was crashed lives on here, and may come back to its descriptors and its path: they are no later disk's.
let disks = 0
let nextDescriptor = FIRST_DESCRIPTOR

/** A file as the kernel knows it: its bytes, those of them that the disk has, and the names that lead to it. */
export interface Inode {
  readonly ino: number
  bytes: Buffer
  synced: number
  names: number
}

/** What goes wrong with the next writes. */
export interface Fault {
  /** The error; without it the write is short. */
  readonly code?: string
  /** Bytes that a short write takes. */
  readonly most?: number
  /** The disk says it took everything. */
  readonly isSwallowed?: boolean
  times: number
}

/**
 * A disk in memory that stands in for the functions of `node:fs` under one path, and does what disks do: takes parts of
 * writes, fails, is renamed under its user's hands, and forgets at a crash what was not synced. Everything else goes to
 * the real file system.
 */
export class SimulatedFiles {
  readonly folder = `${PREFIX}/${++disks}`
  /** Every file there ever was, deleted ones too. */
  readonly inodes: Inode[] = []
  readonly fault: { next: Fault | undefined } = { next: undefined }
  private names = new Map<string, Inode | string>()
  private descriptors = new Map<number, Inode>()

  install(): void {
    const replace = (name: string, own: (...call: never[]) => unknown, isOurs = isPath): void => {
      const real = (fs as unknown as Record<string, (...call: unknown[]) => unknown>)[name].bind(fs)
      vi.spyOn(fs, name as 'openSync').mockImplementation(((...call: unknown[]) =>
        isOurs(call[0])
          ? (this.refuseOthers(call[0]), (own as (...call: unknown[]) => unknown)(...call))
          : real(...call)) as never)
    }
    const isOpen = (value: unknown): boolean => typeof value === 'number' && value >= FIRST_DESCRIPTOR
    replace('mkdirSync', () => undefined)
    replace('openSync', (name: string, flags: number) => this.open(name, flags))
    replace('lstatSync', (name: string) => this.stat(this.names.get(name)))
    replace('statSync', (name: string) => this.stat(this.follow(name)))
    replace('existsSync', (name: string) => this.follow(name) !== undefined)
    replace('readdirSync', () => [...this.names.keys()].map((name) => path.basename(name)))
    replace('linkSync', (from: string, to: string) => this.link(from, to))
    replace(
      'symlinkSync',
      (target: string, name: string) => this.addName(name, target),
      () => true,
    )
    replace('readlinkSync', (name: string) => this.names.get(name))
    replace('renameSync', (from: string, to: string) => this.rename(from, to))
    replace('rmSync', (name: string) => this.remove(name))
    replace('fstatSync', (descriptor: number) => this.stat(this.inodeOf(descriptor)), isOpen)
    replace('writeSync', (...call: [number, Buffer | string, number, number]) => this.write(...call), isOpen)
    replace('write', (...call: [number, Buffer, number, number, null, WriteDone]) => this.writeLater(...call), isOpen)
    replace('readSync', (...call: [number, Buffer, number, number, number]) => this.read(...call), isOpen)
    replace('fdatasyncSync', (descriptor: number) => this.sync(descriptor), isOpen)
    replace(
      'fdatasync',
      (descriptor: number, done: (error: null) => void) => (this.sync(descriptor), done(null)),
      isOpen,
    )
    replace('closeSync', (descriptor: number) => this.descriptors.delete(descriptor), isOpen)
  }

  /** What an outsider does. */
  rename(from: string, to: string): void {
    const entry = this.names.get(from)
    if (entry === undefined) throw failure('ENOENT')
    this.remove(to)
    this.names.delete(from)
    this.names.set(to, entry)
  }

  remove(name: string): void {
    const entry = this.names.get(name)
    if (typeof entry === 'object') entry.names--
    this.names.delete(name)
  }

  /** Where a name leads. */
  inodeAt(name: string): Inode | undefined {
    return this.follow(name)
  }

  /** The machine stops: descriptors are gone, and of every file a part of what was not synced. */
  crash(keep: number): void {
    this.descriptors.clear()
    for (const inode of this.inodes) {
      const unsynced = inode.bytes.length - inode.synced
      inode.bytes = inode.bytes.subarray(0, inode.synced + Math.floor(unsynced * keep))
      inode.synced = inode.bytes.length
    }
    for (const name of this.names.keys()) if (name.endsWith('.lock')) this.names.delete(name)
  }

  /** @throws for a path of another disk. */
  private refuseOthers(name: unknown): void {
    if (isPath(name) && !`${name as string}/`.startsWith(`${this.folder}/`)) throw failure('EIO')
  }

  private open(name: string, flags: number): number {
    let entry = this.names.get(name)
    if (typeof entry === 'string') throw failure('ELOOP')
    if (entry !== undefined && (flags & fs.constants.O_EXCL) !== 0) throw failure('EEXIST')
    if (entry === undefined) {
      entry = { ino: this.inodes.length + 1, bytes: Buffer.alloc(0), synced: 0, names: 1 }
      this.inodes.push(entry)
      this.names.set(name, entry)
    }
    this.descriptors.set(++nextDescriptor, entry)
    return nextDescriptor
  }

  private follow(name: string): Inode | undefined {
    const entry = this.names.get(name)
    return typeof entry === 'string' ? this.follow(path.resolve(this.folder, entry)) : entry
  }

  private stat(entry: Inode | string | undefined): Partial<fs.Stats> | undefined {
    if (entry === undefined) return undefined
    const inode = typeof entry === 'object' ? entry : undefined
    return {
      isFile: () => inode !== undefined,
      isSymbolicLink: () => inode === undefined,
      dev: 1,
      ino: inode?.ino ?? 0,
      size: inode?.bytes.length ?? 0,
      nlink: inode?.names ?? 1,
      mtimeMs: Date.now(),
    }
  }

  private link(from: string, to: string): void {
    const entry = this.names.get(from)
    if (typeof entry !== 'object') throw failure('ENOENT')
    this.addName(to, entry)
    entry.names++
  }

  private addName(name: string, entry: Inode | string): void {
    if (this.names.has(name)) throw failure('EEXIST')
    this.names.set(name, entry)
  }

  private inodeOf(descriptor: number): Inode {
    const inode = this.descriptors.get(descriptor)
    if (inode === undefined) throw failure('EBADF')
    return inode
  }

  private write(descriptor: number, data: Buffer | string, offset = 0, length = data.length): number {
    const inode = this.inodeOf(descriptor)
    const bytes = Buffer.from(data as Buffer).subarray(offset, offset + length)
    const fault = this.fault.next
    let taken = bytes.length
    if (fault !== undefined && typeof data !== 'string') {
      if (--fault.times <= 0) this.fault.next = undefined
      if (fault.code !== undefined) throw failure(fault.code)
      taken = Math.min(taken, fault.most ?? taken)
    }
    inode.bytes = Buffer.concat([inode.bytes, bytes.subarray(0, taken)])
    return fault?.isSwallowed === true ? bytes.length : taken
  }

  /** In flight the bytes arrive at once or when the callback runs, in turns. */
  private writeLater(descriptor: number, data: Buffer, offset: number, length: number, _: null, done: WriteDone): void {
    const act = (): (() => void) => {
      try {
        const written = this.write(descriptor, data, offset, length)
        return () => done(null, written)
      } catch (error) {
        return () => done(error as Error, 0)
      }
    }
    if (nextDescriptor % 2 === 0) setImmediate(act())
    else setImmediate(() => act()())
  }

  private read(descriptor: number, into: Buffer, offset: number, length: number, at: number): number {
    return this.inodeOf(descriptor).bytes.copy(into, offset, at, at + length)
  }

  private sync(descriptor: number): void {
    const inode = this.inodeOf(descriptor)
    inode.synced = inode.bytes.length
  }
}

type WriteDone = (error: Error | null, written: number) => void

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(PREFIX)
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code })
}
