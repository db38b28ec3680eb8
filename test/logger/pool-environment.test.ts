import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLogger, file } from 'wideline'

function bufferBytes(options: { readonly bufferBytes?: number } = {}): number {
  const logger = createLogger({ outputs: [file('/dev/null')], pool: options })
  return logger.stats().buffers.capacity
}

afterEach(() => vi.unstubAllEnvs())

describe('the pool', () => {
  it('takes its limits from the environment', () => {
    vi.stubEnv('WIDELINE_POOL_BUFFER_BYTES', '65536')
    expect(bufferBytes()).toBe(65_536)
  })

  it('is told by options first', () => {
    vi.stubEnv('WIDELINE_POOL_BUFFER_BYTES', '65536')
    expect(bufferBytes({ bufferBytes: 8192 })).toBe(8192)
  })

  it('has its own limits where neither is given', () => {
    expect(bufferBytes()).toBe(32_768)
  })

  it.each([
    { name: 'WIDELINE_POOL_BUFFER_BYTES', value: 'many', want: 'an integer from 1024 to 16777216' },
    { name: 'WIDELINE_POOL_MAX_BUFFERS', value: '-1', want: 'an integer from 0 to 65536' },
    { name: 'WIDELINE_POOL_MAX_BUFFERS', value: ' ', want: 'an integer from 0 to 65536' },
    { name: 'WIDELINE_POOL_POISON', value: 'perhaps', want: 'true or false' },
    { name: 'WIDELINE_POOL_POISON', value: ' ', want: 'true or false' },
  ])('refuses $name=$value with a sentence that names it', ({ name, value, want }) => {
    vi.stubEnv(name, value)
    expect(() => createLogger({ outputs: [file('/dev/null')] })).toThrow(`${name} must be ${want}, got "${value}"`)
  })
})
