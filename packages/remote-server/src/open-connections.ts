import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of a server, each with the answer to its latest request. */
export class OpenConnections {
  private readonly answers = new Map<Socket, ServerResponse | undefined>()

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.answers.set(socket, undefined)
      socket.once('close', () => this.answers.delete(socket))
    })
    server.on('request', (request, response) => this.answers.set(request.socket, response))
  }

  /** Ends those that wait for nothing: no request has arrived in whole that is not answered yet. */
  endUnasked(): void {
    for (const [socket, answer] of this.answers) {
      const isRunning = answer !== undefined && answer.req.complete && !answer.writableFinished
      if (!isRunning) socket.destroy()
    }
  }
}
