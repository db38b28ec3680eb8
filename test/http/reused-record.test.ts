import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { captureLogs } from 'wideline/testing'
import { checkRequestOptions, RequestLifecycle } from '../../integrations/http/index.js'
import { RequestRecord } from '../../integrations/http/request-record.js'

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
  'isSlow',
  'isTaken',
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
