import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { captureLogs } from 'wideline/testing'
import { checkRequestOptions, RequestLifecycle } from '../../integrations/http/index.js'

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
