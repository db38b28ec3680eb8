import { EventEmitter, once } from 'node:events'
import { expect, it } from 'vitest'
import { captureLogs } from 'wideline/testing'

it('says so once, and throws nothing, where a method is called without its logger', async () => {
  const { logger, lines } = captureLogs()
  const warned = once(process, 'warning')
  const { error, info } = logger
  await Promise.reject(new Error('boom')).catch(error)
  ;['message'].forEach((text) => info(text))
  new EventEmitter().on('error', logger.error).emit('error', new Error('boom'))
  const [warning] = (await warned) as [Error & { code: string }]
  expect(warning.code).toBe('WIDELINE_DETACHED')
  expect(warning.message).toContain('(...values) => log.error(...values)')
  expect(lines).toEqual([])
})
