import { datadogPreset } from './datadog.js'
import { ecsPreset } from './ecs.js'
import { gcpPreset } from './gcp.js'
import { otelPreset } from './otel.js'
import { pinoPreset } from './pino.js'
import type { Preset } from './preset.js'

/** Formats that other systems publish. */
export type JsonPreset = 'pino' | 'ecs' | 'gcp' | 'otel' | 'datadog'

/** Made when an encoder asks: some read the process. */
export const PRESETS: Readonly<Record<JsonPreset, () => Preset>> = Object.freeze({
  pino: pinoPreset,
  ecs: ecsPreset,
  gcp: gcpPreset,
  otel: otelPreset,
  datadog: datadogPreset,
})
