import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Logger, UnitLog } from 'wideline'
import { captureLogs } from 'wideline/testing'
import { checkRequestOptions, RequestLifecycle } from '../../integrations/http/index.js'
import { RequestRecord } from '../../integrations/http/request-record.js'
import { Context } from '../../src/entry/context.js'
import { strictParse } from '../encoders/strict-json.js'

it('the close of a response whose request was ended before does not end the one that has its record now', async () => {
  const logs = captureLogs()
  const lifecycle = new RequestLifecycle(logs.logger, checkRequestOptions('test', {}), () => '')
  const begin = (url: string): { response: ServerResponse; end: () => void } => {
    const request = Object.assign(new IncomingMessage(new Socket()), { httpVersionMajor: 1, method: 'GET', url })
    const response = new ServerResponse(request)
    response.assignSocket(new Socket())
    const log = lifecycle.begin(request, response)
    return { response, end: () => log.endEarly() }
  }
  const first = begin('/first')
  first.end()
  const second = begin('/second')
  expect(lifecycle.stats()).toMatchObject({ hits: 1, misses: 1, outstanding: 1 })
  first.response.emit('close')
  await nextTurn()
  expect(lifecycle.stats().outstanding).toBe(1)
  expect(logs.parsed()).toMatchObject([{ url: '/first' }])
  second.end()
  expect(logs.parsed()).toMatchObject([{ url: '/first' }, { url: '/second' }])
})

/** What each request gives its record anew, before anybody reads it. */
const GIVEN_ANEW = new Set([
  'bytesBefore',
  'closed',
  'durationMs',
  'fields',
  'isFree',
  'isSlow',
  'level',
  'newer',
  'older',
  'outcome',
  'startedAt',
  'status',
])

it('a record that is given back holds nothing of its request', () => {
  const make = (): RequestRecord => new RequestRecord(captureLogs().logger.createFields(), () => () => undefined)
  const used = make()
  for (const [key, value] of Object.entries(used)) {
    if (GIVEN_ANEW.has(key)) continue
    if (value instanceof Float64Array) value.fill(7)
    else if (value instanceof Set) value.add({})
    else if (key !== 'ids' && key !== 'held')
      Object.assign(used, { [key]: typeof value === 'boolean' ? !value : 'kept' })
  }
  used.clear()
  const kept = (record: RequestRecord) => Object.entries(record).filter(([key]) => !GIVEN_ANEW.has(key))
  expect(kept(used)).toEqual(kept(make()))
})

it('lines of requests and units that take turns have the ids of each under their own names', () => {
  const logs = captureLogs()
  const lifecycle = new RequestLifecycle(logs.logger, checkRequestOptions('test', { trust: true }), () => '')
  const begin = (id: string, more: Record<string, string> = {}) => {
    const request = Object.assign(new IncomingMessage(new Socket()), { httpVersionMajor: 1, method: 'GET', url: '/' })
    Object.assign(request.headers, { 'x-request-id': id }, more)
    const response = new ServerResponse(request)
    response.assignSocket(new Socket())
    return lifecycle.begin(request, response)
  }
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const [first, second] = [begin('id-1'), begin('id-2')]
  const traced = begin('id-3', { traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
  const unitOf = (log: Logger, id: string): UnitLog => {
    let made: UnitLog | undefined
    void log.unit('part', { id }, (unit) => {
      made = unit
      return new Promise(() => undefined)
    })
    return made!
  }
  const unit = unitOf(logs.logger, 'id-4')
  // As long together, though none is as long as the other's.
  const parts = [unitOf(begin('id-1'), 'part-5'), unitOf(begin('id-1234'), 'p-5')]
  for (let i = 0; i < 2; i++) for (const log of [first, unit, second, traced, unit, first, ...parts]) log.info('m')
  const owned = { traceId: 'own', unitId: 'own' }
  for (const log of [traced, second, unit, second, traced, unit, parts[0], second, traced]) log.info('m', owned)
  const turn = [
    { requestId: 'id-1' },
    { unitId: 'id-4' },
    { requestId: 'id-2' },
    { requestId: 'id-3', traceId },
    { unitId: 'id-4' },
    { requestId: 'id-1' },
    { requestId: 'id-1', unitId: 'part-5', traceId: expect.any(String) },
    { requestId: 'id-1234', unitId: 'p-5', traceId: expect.any(String) },
  ]
  const said = logs.lines
    .map((line) => strictParse(line) as Record<string, unknown>)
    .map(({ level: _level, time: _time, msg: _msg, ...rest }) => rest)
  const shadowed = ['id-3', 'id-2', undefined, 'id-2', 'id-3', undefined, 'id-1', 'id-2', 'id-3'].map((requestId) =>
    requestId === undefined ? owned : { requestId, ...owned },
  )
  expect(said).toEqual([...turn, ...turn, ...shadowed])
})

it('a unit that has ended leaves no context of its loggers behind', () => {
  const logs = captureLogs()
  const { unitIds } = logs.logger.pipeline
  const seen: unknown[] = []
  logs.logger.unit('job', (unit) => {
    unit.child({ tenant: 'acme' }).info('m')
    seen.push(
      unitIds.owner === unit,
      Object.values(unitIds).some((value) => value instanceof Context),
    )
  })
  seen.push(
    unitIds.owner,
    Object.values(unitIds).some((value) => value instanceof Context),
    unitIds.isEmpty,
  )
  expect(seen).toEqual([true, true, undefined, false, true])
})
