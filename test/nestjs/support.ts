import 'reflect-metadata'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type DynamicModule,
  type INestApplication,
  Module,
  type ModuleMetadata,
  type NestApplicationOptions,
  type Type,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { FastifyServerOptions } from 'fastify'
import { LoggerModule, type LoggerModuleOptions, NestLogger } from 'wideline/nestjs'
import { Lines, type Line } from './lines.js'

/** What is asked of an application. */
export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, sent as it is. */
  readonly body?: string
  /** Announces more than is sent, and does not end. */
  readonly isCutShort?: boolean
  /** The client hangs up when this settles. */
  readonly hangUpWhen?: Promise<unknown>
}

/** What a client saw. A status of 0: it hung up, or was hung up on. */
export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: http.IncomingHttpHeaders
}

export function ask(port: number, path: string, how: Ask = {}): Promise<Answer> {
  const { body, isCutShort = false, hangUpWhen } = how
  const hasBody = body !== undefined
  return new Promise((resolve) => {
    const request = http.request({
      host: '127.0.0.1',
      port,
      path,
      method: how.method ?? (hasBody ? 'POST' : 'GET'),
      agent: false,
      headers: {
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
        ...(isCutShort ? { 'content-length': '1000' } : {}),
        ...how.headers,
      },
    })
    const hungUp = (): void => resolve({ status: 0, body: '', headers: {} })
    request.on('error', hungUp).on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('error', hungUp).on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers })
      })
    })
    void hangUpWhen?.then(() => request.destroy())
    if (isCutShort) request.write(body)
    else request.end(body)
  })
}

/** An application to be started, with the logger's module already among its imports. */
export interface Setup extends ModuleMetadata {
  readonly options?: LoggerModuleOptions
  readonly create?: NestApplicationOptions
  /** Default: Express. */
  readonly adapter?: 'express' | 'fastify'
  /** Of Fastify itself. */
  readonly fastify?: FastifyServerOptions
  /** The root module, where it is more than its metadata. */
  readonly root?: Type
  /** What a main.ts would do before it listens. */
  prepare?(app: INestApplication): void
}

/** An application that listens, and what it wrote. */
export class RunningApp {
  private asked = 0

  constructor(
    readonly app: INestApplication,
    readonly lines: Lines,
    readonly port: number,
  ) {}

  ask(path: string, how?: Ask): Promise<Answer> {
    return ask(this.port, path, how)
  }

  /** Asks, and waits for the wide line of this request; `others` are its other lines. */
  async wide(path: string, how: Ask = {}): Promise<Answer & { readonly line: Line; readonly others: Line[] }> {
    const id = `test-${++this.asked}`
    const answer = await this.ask(path, { ...how, headers: { ...how.headers, 'x-request-id': id } })
    const line = await this.lines.next((each) => each['requestId'] === id && 'outcome' in each)
    return {
      ...answer,
      line,
      others: this.lines.all.filter((each) => each['requestId'] === id && !('outcome' in each)),
    }
  }

  /** Closes the application, after which nothing more can come. Returns the requests without exactly one wide line. */
  async close(): Promise<string[]> {
    await this.app.close()
    const wide = this.lines.wide.map((line) => String(line['requestId']))
    const asked = Array.from({ length: this.asked }, (_, i) => `test-${i + 1}`)
    return [...new Set([...asked, ...wide])].filter((id) => wide.filter((each) => each === id).length !== 1)
  }
}

/** A root module that is nothing but its metadata. */
export function rootOf(metadata: ModuleMetadata): DynamicModule {
  @Module({})
  class Root {}
  return { module: Root, ...metadata }
}

/** Boots an application whose lines are kept in memory. */
export async function serve(setup: Setup): Promise<RunningApp> {
  const { options = {}, create, root, prepare, fastify, adapter = process.env['ADAPTER'], ...metadata } = setup
  const lines = new Lines()
  const outputs = options.logger === undefined ? { outputs: [lines] } : {}
  const imports = [...(metadata.imports ?? []), LoggerModule.forRoot({ ...outputs, ...options })]
  const module = rootOf({ ...metadata, imports })
  if (root !== undefined) module.module = root
  const how = { bufferLogs: true, abortOnError: false, ...create }
  const app =
    adapter === 'fastify'
      ? await NestFactory.create(module, new FastifyAdapter(fastify), how)
      : await NestFactory.create(module, how)
  app.useLogger(app.get(NestLogger))
  prepare?.(app)
  await app.listen(0, '127.0.0.1')
  return new RunningApp(app, lines, (app.getHttpServer().address() as AddressInfo).port)
}

/** A wide line in brief: level, status and outcome, route, handler, error with its causes. */
export function brief(line: Line): string {
  const { level, status = '-', outcome, route = '-', controller, handler, error } = line
  const served = controller === undefined ? ['-'] : [controller, handler]
  return [[level, status, outcome].join(' '), route, served.join('.'), errorChain(error)].join(' · ')
}

/** An error and its causes, in brief. */
export function errorChain(error: unknown): string {
  if (error === undefined) return '-'
  const { type, message, cause } = error as Line
  return `${String(type)}: ${String(message)}${cause === undefined ? '' : ` <- ${errorChain(cause)}`}`
}
