import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Ended, runExample } from './support.js'

/** What the example shows of one request. */
interface Shown {
  readonly title: string
  readonly line: Record<string, unknown>
  readonly trace: string
  readonly record: string
  readonly span: string
  readonly bucket: string
}

function shownIn(text: string): Shown[] {
  return text
    .split('\n— ')
    .filter((part) => part.includes('\nbucket '))
    .map((part) => {
      const of = (name: string): string => new RegExp(`^${name} +(.*)$`, 'm').exec(part)?.[1] ?? ''
      return {
        title: part.split('\n')[0].replace(/^— /, ''),
        line: JSON.parse(of('line')) as Record<string, unknown>,
        trace: of('trace'),
        record: of('record'),
        span: of('span'),
        bucket: of('bucket'),
      }
    })
}

describe('the example observability', () => {
  let ended: Ended
  let shown: Shown[]
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-')), 'trace.json')
  beforeAll(async () => {
    ended = await runExample('observability/main.js', { TRACE_FILE: file })
    shown = shownIn(ended.stdout)
  })

  it('ends by itself, with 0 and nothing on standard error', () => {
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('shows each request of the shop once', () => {
    expect(shown.map(({ title }) => title).toSorted()).toEqual([
      'GET (no route)',
      'GET /orders/:id',
      'GET /orders/:id',
      'GET /orders/:id',
      'GET /orders/report',
      'GET /orders/report',
      'POST /orders/:id/pay',
      'POST /orders/:id/pay',
      'POST /orders/:id/pay',
    ])
  })

  it('shows its line, its trace, its record and its span side by side, and they belong together', () => {
    for (const { title, line, trace, record, span } of shown) {
      expect(line['trace_id']).toBe(trace)
      expect(trace).toMatch(/^[0-9a-f]{32}$/)
      expect(record).toMatch(new RegExp(`^${String(line['msg'])}, \\d+ attributes$`))
      expect(span).toMatch(new RegExp(`^${title.replace(' (no route)', '')}, \\d+ attributes$`))
    }
    expect(new Set(shown.map(({ trace }) => trace)).size).toBe(9)
  })

  it('shows the bucket its duration fell into, by route and never by path', () => {
    for (const { line, bucket } of shown) {
      const [, boundary, count] = /le="([^"]+)"\} (\d+)$/.exec(bucket) ?? []
      expect(Number(count)).toBeGreaterThan(0)
      const seconds = Number(line['durationMs']) / 1000
      expect(seconds).toBeLessThanOrEqual(boundary === '+Inf' ? Infinity : Number(boundary))
      expect(bucket.includes('http_route')).toBe(line['route'] !== undefined)
      expect(bucket).not.toMatch(/orders\/\d/)
    }
  })

  it('writes a trace.json of requests', () => {
    const { traceEvents } = JSON.parse(fs.readFileSync(file, 'utf8')) as { traceEvents: { ph: string; cat: string }[] }
    expect(traceEvents.filter(({ ph, cat }) => ph === 'X' && cat === 'request')).toHaveLength(9)
  })

  it('shows no secret', () => {
    expect(ended.stdout).not.toMatch(/token=secret|4242424242424242/)
  })
})

const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0
if (!hasPrometheus) process.stdout.write('observability: prometheus is not installed, so nothing was scraped\n')

describe.runIf(hasPrometheus)('a real Prometheus', () => {
  it('scrapes the histogram, the active requests and the counters of the logger', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-prometheus-'))
    let prometheus: ChildProcess | undefined
    let scraped: Promise<Scraped> | undefined
    const ended = await runExample(
      'observability/main.js',
      { SERVE: '1' },
      (text, shop) => {
        const target = /metrics at http:\/\/([\d.:]+)\/metrics/.exec(text)?.[1]
        if (target === undefined || scraped !== undefined) return
        scraped = freePort().then(async (port) => {
          prometheus = startPrometheus(folder, target, port)
          return scrape(port).finally(() => shop.kill('SIGINT'))
        })
      },
      80_000,
    )
    const found = await scraped!
    const gone = new Promise((resolve) => prometheus?.once('close', resolve))
    prometheus?.kill('SIGKILL')
    await gone
    fs.rmSync(folder, { recursive: true, force: true })
    expect(ended.code).toBe(0)
    expect(found.requests).toBe('9')
    expect(found.paid).toBe('1')
    expect(found.fast).toBeGreaterThanOrEqual(0)
    expect(found.active).toBe('0')
    expect(Number(found.lines)).toBeGreaterThanOrEqual(9)
  }, 90_000)
})

interface Scraped {
  readonly requests: string
  readonly paid: string
  readonly fast: number
  readonly active: string
  readonly lines: string
}

function startPrometheus(folder: string, target: string, port: number): ChildProcess {
  const config = path.join(folder, 'prometheus.yml')
  fs.writeFileSync(
    config,
    `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: shop, static_configs: [{ targets: ['${target}'] }] }]\n`,
  )
  return spawn(
    'prometheus',
    [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: 'ignore' },
  )
}

async function scrape(port: number): Promise<Scraped> {
  const requests = await query(port, 'sum(http_server_request_duration_count)', '9')
  return {
    requests,
    paid: await query(
      port,
      'http_server_request_duration_count{http_route="/orders/:id/pay",http_response_status_code="201"}',
    ),
    fast: Number(await query(port, 'histogram_quantile(0.5, sum by (le) (http_server_request_duration_bucket))')),
    active: await query(port, 'sum(http_server_active_requests)'),
    lines: await query(port, 'sum(wideline_lines_total)'),
  }
}

/** The value of an expression, once there is one, and once it is `wanted` where that is given. Gives up after 20 s. */
async function query(port: number, expression: string, wanted?: string): Promise<string> {
  let last = '(no answer)'
  for (const until = performance.now() + 20_000; performance.now() < until;) {
    try {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`
      const { data } = (await (await fetch(url)).json()) as { data: { result: { value: [number, string] }[] } }
      last = data.result[0]?.value[1] ?? '(none)'
      if (data.result.length > 0 && (wanted === undefined || last === wanted)) return last
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return last
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}
