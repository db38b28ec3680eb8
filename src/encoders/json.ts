import type { Encoder } from './encoder.js'
import { JsonEncoder } from './json-encoder.js'
import { type JsonOptions, settle } from './json-options.js'
import { PresetJsonEncoder } from './preset-json.js'

/**
 * One JSON object a line: level, time, logger, msg, the context's fields, the line's fields. Its key names, the form of
 * level and time, and bounds are options; a preset sets them, and more, to what a system that reads lines expects:
 *
 * - `pino`: for pino-pretty and whatever else reads pino's lines
 * - `ecs`: Elastic Common Schema 8
 * - `gcp`: Google Cloud Logging
 * - `otel`: OpenTelemetry's log data model
 * - `datadog`: Datadog's reserved and standard attributes
 *
 * In a preset the line a request ends with has the format's own names for method, status and so on, and the line's error
 * (under `error`, or pino's `err`) is written in its form; ids named `traceId`, `spanId` and `requestId` likewise. A field
 * that is named like a key the format writes gets a leading underscore.
 *
 * @param options - Those that are given win over the preset's.
 * @throws OptionError when an option is wrong, or two keys are the same.
 * @example
 * {"level":"info","time":"2026-11-23T02:52:15.206Z","logger":"shop","msg":"order paid","orderId":42}
 * @example
 * json({ keys: { level: 'severity', message: 'message' }, time: 'epochMs' })
 * // {"severity":"info","time":1795402335206,"logger":"shop","message":"order paid","orderId":42}
 * @example
 * json({ preset: 'pino' })
 * // {"level":30,"time":1795402335206,"pid":7,"hostname":"a1","name":"shop","msg":"order paid","orderId":42}
 */
export function json(options?: JsonOptions): Encoder {
  if (options === undefined) return new JsonEncoder()
  const settings = settle(options)
  return settings.preset === undefined
    ? new JsonEncoder(settings.limits, settings.format)
    : new PresetJsonEncoder(settings, settings.preset)
}
