import http from 'node:http'

/** One stop of the tour. */
export interface Stop {
  readonly what: string
  run(base: string): Promise<unknown>
}

const json = { 'content-type': 'application/json' }

async function send(base: string, path: string, body?: object): Promise<void> {
  const init = body === undefined ? {} : { method: 'POST', headers: json, body: JSON.stringify(body) }
  await (await fetch(base + path, init)).arrayBuffer()
}

/** Hangs up before the answer comes. */
function abort(base: string, path: string): Promise<void> {
  return new Promise((resolve) => {
    const request = http.get(base + path)
    request.on('error', () => resolve())
    request.on('socket', (socket) => {
      socket.once('connect', () => setTimeout(() => request.destroy(), 50))
    })
  })
}

const card = '4242424242424242'

export const stops: readonly Stop[] = [
  { what: 'a success', run: (base) => send(base, '/orders/42/pay', { amount: 99.5, card }) },
  { what: 'a validation failure', run: (base) => send(base, '/orders/42/pay', { amount: -1, card: 'none' }) },
  { what: 'a 404', run: (base) => send(base, '/nowhere?token=secret') },
  { what: 'a thrown error: 500', run: (base) => send(base, '/orders/7/pay', { amount: 20_000, card }) },
  { what: 'a slow one', run: (base) => send(base, '/orders/report') },
  { what: 'one the client aborts', run: (base) => abort(base, '/orders/report') },
  { what: 'three at once', run: (base) => Promise.all([1, 2, 3].map((id) => send(base, `/orders/${id}`))) },
]
