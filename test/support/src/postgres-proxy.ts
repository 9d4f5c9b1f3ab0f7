import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'

export interface PostgresProxy {
  /** The address of the database by way of the proxy. */
  url: string
  /** Lets the next COMMIT through, and instead of passing the answer on breaks the connection, or just says nothing. */
  loseNextCommitAnswer(how: 'by breaking' | 'by silence'): void
  /** Swallows all that comes in from now on, of connections that are open now. */
  swallowEverything(): void
  /** Swallows all that comes in, of new connections too, until it is mended; what was cut off stays so. */
  cutOff(): void
  mend(): void
  /** Breaks all connections that are open now. */
  breakConnections(): void
  close(): Promise<void>
}

/** Stands between a client and Postgres, to break connections at a chosen moment. */
export async function startPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const clients = new Set<Socket>()
  let isCutOff = false
  let armed: 'by breaking' | 'by silence' | undefined
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    let losing: typeof armed
    clients.add(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        clients.delete(client)
        client.destroy()
        upstream.destroy()
      })
    }
    if (isCutOff) return void client.resume()
    client.on('data', (bytes) => {
      if (armed !== undefined && bytes.includes('COMMIT\0')) {
        losing = armed
        armed = undefined
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (losing === undefined) client.write(bytes)
      else if (losing === 'by breaking') client.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const swallowEverything = () => clients.forEach((client) => client.removeAllListeners('data').resume())
  const breakConnections = () => sockets.forEach((socket) => socket.destroy())
  return {
    url: url.href,
    loseNextCommitAnswer: (how) => void (armed = how),
    swallowEverything,
    cutOff: () => {
      isCutOff = true
      swallowEverything()
    },
    mend: () => {
      isCutOff = false
      breakConnections()
    },
    breakConnections,
    close: async () => {
      server.close()
      breakConnections()
      await once(server, 'close')
    },
  }
}
