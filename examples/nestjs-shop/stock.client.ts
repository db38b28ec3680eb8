import { createServer, type AddressInfo } from 'node:net'
import type { INestApplication } from '@nestjs/common'
import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices'

/** Has the shop listen for messages too, on a free port, and connects to it. */
export async function openStock(app: INestApplication): Promise<ClientProxy> {
  const service = { transport: Transport.TCP as const, options: { host: '127.0.0.1', port: await freePort() } }
  // Inheriting: guards, pipes and the unit of each message are then the application's, from the beginning on.
  app.connectMicroservice(service, { inheritAppConfig: true })
  await app.startAllMicroservices()
  return ClientProxyFactory.create(service)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
