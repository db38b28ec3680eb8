import { Body, Controller, Inject, Injectable, Param, Post } from '@nestjs/common'
import http from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { Logger } from 'wideline'
import { LogField, LogFields, string } from 'wideline/decorators'
import { type ContextLogger, currentLog, InjectLogger, RequestLog } from 'wideline/nestjs'
import { expect, it } from 'vitest'
import { brief, serve } from './support.js'

const REQUESTS = 2000
const CONNECTIONS = 50

class Note {
  @LogField.string() text!: string
}

@Injectable()
class NotesService {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  async keep(token: string): Promise<{ kept: string }> {
    await setImmediate()
    this.log.info(`keeping ${token}`, { inner: token })
    this.log.set({ byService: token })
    await setImmediate()
    if (token.endsWith('7')) throw new Error(`cannot keep ${token}`)
    return { kept: token }
  }
}

@Controller('notes')
class NotesController {
  constructor(@Inject(NotesService) private readonly notes: NotesService) {}

  @Post(':token')
  @LogFields({ byParam: string.param('token'), byResult: string.result('kept') })
  async create(
    @Param('token') @LogField.string('byArgument') token: string,
    @Body() note: Note,
    @RequestLog() log: RequestLog,
  ): Promise<object> {
    log.set({ byHandler: note.text })
    log.info('handling', { inner: token })
    const kept = await this.notes.keep(token)
    currentLog()?.fields.string('byCurrent', token)
    return kept
  }
}

/** A word that no other request has, and that is part of none. */
function tokenOf(request: number): string {
  return `tok-${String(request).padStart(5, '0')}`
}

function send(agent: http.Agent, port: number, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-request-id': `id.${token}` }
    const options = { host: '127.0.0.1', port, path: `/notes/${token}`, method: 'POST', agent, headers }
    const request = http.request(options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    request.on('error', reject).end(JSON.stringify({ text: token }))
  })
}

/** The lines in which tokens of two requests stand. */
function mixed(lines: readonly string[]): string[] {
  return lines.filter((line) => new Set(line.match(/tok-\d{5}/g)).size > 1)
}

it('a line with the words of two requests would be found', () => {
  expect(mixed([tokenOf(1), `${tokenOf(1)} ${tokenOf(1)}`, `${tokenOf(1)} ${tokenOf(2)}`])).toEqual([
    'tok-00001 tok-00002',
  ])
})

it(`${REQUESTS} requests over ${CONNECTIONS} connections never share a line, and give everything back`, async () => {
  const shop = await serve({ controllers: [NotesController], providers: [NotesService] })
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const tokens = Array.from({ length: REQUESTS }, (_, i) => tokenOf(i))
  const statuses = await Promise.all(tokens.map((token) => send(agent, shop.port, token)))
  agent.destroy()
  await shop.app.close()

  expect(mixed(shop.lines.text.split('\n'))).toEqual([])
  const wide = new Map(shop.lines.wide.map((line) => [line['requestId'], line]))
  expect(shop.lines.wide).toHaveLength(REQUESTS)
  expect(wide.size).toBe(REQUESTS)
  for (const [i, token] of tokens.entries()) {
    const line = wide.get(`id.${token}`)
    const fails = token.endsWith('7')
    expect(statuses[i]).toBe(fails ? 500 : 201)
    expect(brief(line ?? {})).toBe(
      fails
        ? `error 500 failed · /notes/:token · NotesController.create · Error: cannot keep ${token}`
        : 'info 201 completed · /notes/:token · NotesController.create · -',
    )
    const always = { byParam: token, byArgument: token, text: token, byHandler: token, byService: token }
    expect(line).toMatchObject(fails ? always : { ...always, byResult: token, byCurrent: token })
  }
  const { entries, buffers, lines } = shop.app.get(Logger).stats()
  expect({ entries: entries.outstanding, misuses: buffers.misuses }).toEqual({ entries: 0, misuses: 0 })
  expect(lines.error).toBe(REQUESTS / 10)
})
