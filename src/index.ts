export { createLogger } from './create-logger.js'
export { Logger, PanicError } from './logger.js'
export type { ChildOptions } from './logger.js'
export type { CallValue, LogMethod } from './log-method.js'
export { DEFAULT_SECRETS } from './redaction/default-secrets.js'
export type { LoggerOptions, SinkOptions } from './logger-options.js'
export { filter, Filter, FilterError } from './pipeline/filter.js'
export type { FieldTest, FilterLike, FilterObject } from './pipeline/filter.js'
export type { Operand } from './pipeline/filter/ast.js'
export type { FilterSource } from './pipeline/filter/compile.js'
export type {
  AfterHook,
  BeforeHook,
  ErrorHook,
  HookInfo,
  HookOptions,
  HookPoint,
  HooksOption,
  HookSpec,
} from './pipeline/hook.js'
export type { HookLine, ReadableLine } from './pipeline/line-view.js'
export type { LoggerHooks } from './logger-hooks.js'
export { levelOnSignal } from './levels/level-signal.js'
export type { LeveledLogger, LevelSignalOptions } from './levels/level-signal.js'
export type { Levels, SetLevelOptions } from './levels/levels.js'
export type { LevelChange, LevelInfo, LevelListener } from './levels/level-registry.js'
export { adaptive } from './pipeline/sampling/adaptive.js'
export type { AdaptiveOptions } from './pipeline/sampling/adaptive.js'
export { burst } from './pipeline/sampling/burst.js'
export type { BurstOptions } from './pipeline/sampling/burst.js'
export { byKey } from './pipeline/sampling/by-key.js'
export type { ByKeyOptions } from './pipeline/sampling/by-key.js'
export { everyNth } from './pipeline/sampling/every-nth.js'
export { probability } from './pipeline/sampling/probability.js'
export type { Sampler } from './pipeline/sampling/sampler.js'
export type { AlwaysRules, SamplingOption } from './pipeline/sampling/sampling-gate.js'
export type { RateLimit, RateLimitOption } from './pipeline/limits/rate-limit.js'
export type { Serializer, Serializers } from './pipeline/serializers.js'
export type { CoalesceOptions } from './pipeline/coalescing.js'
export type { RedactOption, RedactOptions } from './redaction/redaction.js'
export type { PatternName } from './redaction/patterns.js'
export type { RedactionStrategy } from './redaction/strategy.js'
export type { ErrorOptions } from './entry/error-detail.js'
export { MessageTemplate, msg, template } from './message-template.js'
export type { HolesOf } from './message-template.js'
export { recent } from './pipeline/recent.js'
export type { RecentLines, RecentOptions, RecentQuery } from './pipeline/recent.js'
export type { StageOptions } from './stage-options.js'
export type { GateKind, GateStats } from './pipeline/gate.js'
export { atOnce } from './options/at-once.js'
export { OptionError } from './options/option-error.js'

export { Level, levelName } from './entry/level.js'
export type { LevelName, Threshold } from './entry/level.js'
export { DeclaredSet, FieldKind } from './entry/field.js'
export type {
  BagOf,
  FieldBag,
  FieldKindName,
  FieldWriter,
  SomeValuesOf,
  ValuesOf,
  WriterTypes,
  WriterTypesOf,
} from './entry/field.js'
export type { Entry, EntryReceiver, TypedLine } from './entry/entry.js'
export type { Context, FieldEncoder } from './entry/context.js'
export type { Fields } from './entry/fields.js'
export type { Key, KeyTable } from './entry/key.js'
export { isLoggable, loggable } from './entry/loggable.js'
export type { Loggable } from './entry/loggable.js'
export { FieldError } from './entry/field-error.js'
export { isError } from './entry/is-error.js'
export { fields } from './schema/fields.js'
export { FieldSet } from './schema/field-set.js'
export type { ShapeValues } from './schema/field-set.js'
export { isDeclaredField } from './schema/check-shape.js'
export type { FieldShape, SetOptions } from './schema/check-shape.js'
export { Unreadable } from './schema/unreadable.js'
export type { InvalidListener } from './schema/compiled-field.js'
export { any, bigint, bool, duration, error, float, int, string, timestamp } from './schema/builders.js'
export { fieldKind } from './schema/field-kind.js'
export type { KindOptions, KindValues } from './schema/field-kind.js'
export type { FieldBuilder } from './schema/field-builder.js'
export type { FieldPlace, FieldSource, HavingPath, SourcedField } from './schema/field-source.js'
export type {
  CoercingOptions,
  DeclaredField,
  DeclaredOptions,
  FieldOptions,
  InvalidPolicy,
  KindOfField,
  Redaction,
} from './schema/field-options.js'
export type { JsonSchema, JsonSchemaOptions } from './schema/json-schema.js'
export type { Dialect, TableOptions } from './schema/table.js'
export { anchoredClock } from './entry/anchored-clock.js'
export { systemClock } from './entry/clock.js'
export type { Clock } from './entry/clock.js'

export type { UnitMethods } from './unit/install.js'
export { currentLog, runWithLog } from './unit/unit-context.js'
export { UnitLog } from './unit/unit-log.js'
export type { WideFields } from './unit/registered-fields.js'
export { ContextLogger } from './unit/context-logger.js'
export { UnitRecord } from './unit/unit-record.js'
export type { EarlyEnd, FieldsTarget, HandlerInfo } from './unit/unit-record.js'
export { RecordPool } from './unit/record-pool.js'
export type { RecordPoolStats } from './unit/record-pool.js'
export { UnitRegistry } from './unit/unit-registry.js'
export type { UnitListener } from './unit/unit-registry.js'
export { finishUnit } from './unit/finish-unit.js'
export type { UnitKind } from './unit/finish-unit.js'
export type { FinishedUnit, Outcome } from './unit/finished-unit.js'
export { checkWideLineOptions, WIDE_LINE_RULES } from './unit/unit-options.js'
export type {
  CheckedUnitOptions,
  RecorderOptions,
  TailSampling,
  UnitOptions,
  UnitPredicate,
  WideLineOptions,
} from './unit/unit-options.js'
export type { HeldLog, HoldOptions } from './unit/held-log.js'
export { isTraceparent, TraceContext } from './unit/trace-context.js'
export { isSafeId, sortableIds } from './unit/sortable-id.js'
export type { IdGenerator } from './unit/sortable-id.js'

export { json } from './encoders/json.js'
export { writeJsonText } from './bytes/json-text.js'
export type { JsonOptions } from './encoders/json-options.js'
export type { JsonKeys, LevelForm } from './encoders/json-format.js'
export type { TimeForm } from './encoders/line-head.js'
export type { JsonPreset } from './encoders/presets/presets.js'
export { DEFAULT_LIMITS } from './encoders/limits.js'
export type { ValueLimits } from './encoders/limits.js'
export { pretty } from './encoders/pretty.js'
export type { PrettyOptions } from './encoders/pretty.js'
export { logfmt } from './encoders/logfmt.js'
export { sexpr } from './encoders/sexpr.js'
export { pattern } from './encoders/pattern.js'
export type { Encoder } from './encoders/encoder.js'
export { plainValues } from './encoders/plain-value.js'
export type { PlainObject, PlainValue, PlainValues } from './encoders/plain-value.js'
export { errorParts } from './encoders/error-parts.js'
export type { ErrorParts } from './encoders/error-parts.js'
export { fullStack } from './encoders/presets/preset.js'

export { file } from './outputs/file.js'
export type { FileOptions } from './outputs/file.js'
export { stderr, stdout } from './outputs/stdio.js'
export { worker } from './outputs/worker.js'
export type { Overflow } from './outputs/overflow.js'
export type { WorkerOptions } from './outputs/worker.js'
export { stream } from './outputs/stream.js'
export type { StreamOptions } from './outputs/stream.js'
export { fallback } from './outputs/fallback.js'
export type { FallbackOptions } from './outputs/fallback.js'
export { split } from './outputs/split.js'
export type { LineToSplit } from './outputs/split.js'
export { memory } from './outputs/memory.js'
export type { MemoryOutput } from './outputs/memory.js'
export type { BlockOptions, BufferMode } from './outputs/block-options.js'
export type { RotateOptions } from './outputs/rotate-options.js'
export { SlowOutputError } from './outputs/fault-reports.js'
export { LineRefused } from './outputs/output.js'
export type { LatencyStats, Output, OutputHost, OutputStats } from './outputs/output.js'

export { ByteBuffer } from './bytes/byte-buffer.js'
export type { Fragment } from './bytes/fragment.js'
export type { NativeBuffer } from './bytes/native-buffer.js'
export type { BufferPool, PoolLimits, PoolStats } from './bytes/buffer-pool.js'
export type { EntryPoolStats } from './entry/entry-pool.js'
export type { SinkStats } from './pipeline/ledger.js'
export type { CallTrace, CallTracer } from './pipeline/call-tracer.js'
export type { Correlation } from './pipeline/correlation.js'
export type { TraceNames, TracePosition } from './entry/trace-position.js'
export type { LoggerStats } from './pipeline/logger-stats.js'
export type { ErrorListener } from './pipeline/diagnostics.js'
