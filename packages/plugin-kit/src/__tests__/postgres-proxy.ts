import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'

export interface PostgresProxy {
  /** The address of the database by way of the proxy. */
  url: string
  /** Lets the next COMMIT through, and breaks the connection instead of passing the answer on. */
  loseNextCommitAnswer(): void
  /** Breaks all connections that are open now. */
  breakConnections(): void
  close(): Promise<void>
}

/** Stands between a client and Postgres, to break connections at a chosen moment. */
export async function startPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let armed = false
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    let committing = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (bytes) => {
      if (armed && bytes.includes('COMMIT\0')) {
        armed = false
        committing = true
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => void (committing ? client.destroy() : client.write(bytes)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const breakConnections = () => sockets.forEach((socket) => socket.destroy())
  return {
    url: url.href,
    loseNextCommitAnswer: () => void (armed = true),
    breakConnections,
    close: async () => {
      server.close()
      breakConnections()
      await once(server, 'close')
    },
  }
}
