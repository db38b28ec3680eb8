import { spawn, spawnSync } from 'node:child_process'
import net, { type AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Line } from '../lines.js'
import { errorChain } from '../support.js'

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Whether a program is installed; says so on standard error where it is not, for its tests are then left out. */
export function isInstalled(program: string): boolean {
  const isThere = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
  if (!isThere) process.stderr.write(`${program} is not installed: its tests are left out\n`)
  return isThere
}

/** A server of this test's own, on a free port. */
export interface TestBroker {
  readonly port: number
  stop(): Promise<void>
}

export async function startBroker(program: 'redis-server' | 'nats-server'): Promise<TestBroker> {
  const port = await freePort()
  const args =
    program === 'redis-server'
      ? ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
      : ['-p', String(port), '-a', '127.0.0.1']
  const child = spawn(program, args, { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  while (!(await isOpen(port))) await setTimeout(20)
  return {
    port,
    stop: () => {
      child.kill()
      return ended
    },
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** A unit's wide line in brief: level and outcome, kind and name, handler, error with its causes. */
export function unitBrief(line: Line): string {
  const { level, outcome, kind, unit, controller, handler, error } = line as Readonly<
    Record<string, string | undefined>
  >
  const served = controller === undefined ? '-' : `${controller}.${handler}`
  return [`${level} ${outcome}`, `${kind} ${unit}`, served, errorChain(error)].join(' · ')
}
