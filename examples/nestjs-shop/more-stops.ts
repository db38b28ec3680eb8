import type { INestApplication } from '@nestjs/common'
import type { ClientProxy } from '@nestjs/microservices'
import { SchedulerRegistry } from '@nestjs/schedule'
import { lastValueFrom } from 'rxjs'
import type { Reservation } from './stock.controller.js'

/** The shop, and the way to what of it is not reached by HTTP. */
export interface Shop {
  readonly base: string
  readonly app: INestApplication
  readonly stock: ClientProxy
}

/** Stops beyond plain requests: a guard, a filter, a microservice, a scheduled job. Each ends with one wide line. */
export const moreStops: readonly { readonly what: string; run(shop: Shop): Promise<unknown> }[] = [
  { what: 'a guard that says no', run: ({ base }) => send(base, 'DELETE', '/orders/42') },
  { what: 'an error that a filter answers', run: ({ base }) => send(base, 'POST', '/orders/42/ship') },
  { what: 'a message to the microservice', run: ({ stock }) => reserve(stock, { sku: 'umbrella', count: 2 }) },
  { what: 'a message that fails', run: ({ stock }) => reserve(stock, { sku: 'umbrella', count: 9 }) },
  {
    what: 'a scheduled job',
    run: async ({ app }) => app.get(SchedulerRegistry).getCronJob('stock-report').fireOnTick(),
  },
]

async function send(base: string, method: string, path: string): Promise<void> {
  await (await fetch(base + path, { method })).arrayBuffer()
}

/** What the microservice answers, be it an error. */
async function reserve(stock: ClientProxy, reservation: Reservation): Promise<void> {
  await lastValueFrom(stock.send('stock.reserve', reservation)).catch(() => undefined)
}
