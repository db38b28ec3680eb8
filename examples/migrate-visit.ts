import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Asks a server for paths, one after the other, and closes it: what the samples of the migration pages do. */
export async function visit(server: Server, paths: readonly string[]): Promise<void> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  for (const path of paths) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: 'Bearer hush' } })
    await response.arrayBuffer()
  }
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeIdleConnections()
  })
}
