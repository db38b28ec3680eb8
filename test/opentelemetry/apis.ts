import fs from 'node:fs'
import { createRequire } from 'node:module'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { vi } from 'vitest'

/** The versions of `@opentelemetry/api` everything here is tested on: the oldest that is supported, and the newest. */
export const API_VERSIONS = ['1.9', '1.10'] as const
export type ApiVersion = (typeof API_VERSIONS)[number]

type Api = typeof import('@opentelemetry/api')

interface LogsApi {
  setGlobalLoggerProvider(provider: object): unknown
  disable(): void
}

export interface Loaded {
  readonly version: ApiVersion
  readonly api: Api
  /** Where a logger provider is registered: the API itself, or `@opentelemetry/api-logs` before 1.10. */
  readonly logs: LogsApi
  readonly bridge: typeof import('wideline/opentelemetry')
  readonly wideline: typeof import('wideline')
}

/** Where both versions keep what is registered. A process with both refuses the second one: see {@link forgetApi}. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1')

/** Takes everything that is registered with the API away, so that the other version can be used. */
export function forgetApi({ api, logs }: Loaded): void {
  logs.disable()
  api.context.disable()
  api.trace.disable()
  api.metrics.disable()
  delete (globalThis as { [REGISTERED]?: unknown })[REGISTERED]
}

const loads = new Map<ApiVersion, Promise<Loaded>>()

/** `wideline/opentelemetry` on top of one version of the API. */
export function loadOn(version: ApiVersion): Promise<Loaded> {
  let loaded = loads.get(version)
  if (loaded === undefined) {
    loaded = load(version)
    loads.set(version, loaded)
  }
  return loaded
}

async function load(version: ApiVersion): Promise<Loaded> {
  vi.resetModules()
  const requireHere = createRequire(import.meta.url)
  const name = version === '1.9' ? '@opentelemetry/api' : 'opentelemetry-api-1.10'
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  const found = (JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string }).version
  if (!found.startsWith(`${version}.`)) throw new Error(`${name} is ${found}, wanted ${version}`)
  const api = requireHere(name) as Api & { logs?: LogsApi }
  // Named, or vitest would not let it be looked for.
  vi.doMock('@opentelemetry/api', () => ({ ...api, logs: api.logs }))
  const [bridge, wideline] = await Promise.all([import('wideline/opentelemetry'), import('wideline')])
  vi.doUnmock('@opentelemetry/api')
  const logs = version === '1.9' ? (requireHere('@opentelemetry/api-logs') as { logs: LogsApi }).logs : api.logs
  if (logs === undefined) throw new Error(`API ${version} has no Logs API`)
  return { version, api, logs, bridge, wideline }
}

/** The official SDK for logs, which keeps what it is given. */
export function recordingLogs(): { provider: LoggerProvider; exporter: InMemoryLogRecordExporter } {
  const exporter = new InMemoryLogRecordExporter()
  return { exporter, provider: new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }) }
}
