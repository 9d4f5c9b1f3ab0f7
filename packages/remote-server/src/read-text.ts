import type { IncomingMessage } from 'node:http'
import { remoteServerErrors } from './errors.js'

/** A body over the limit is refused at once. What of it still comes is read, and not kept, so that the answer arrives. */
export function readText(request: IncomingMessage, limitBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let receivedBytes = 0
    request.on('data', (chunk: Buffer) => {
      receivedBytes += chunk.length
      if (receivedBytes <= limitBytes) return void chunks.push(chunk)
      chunks.length = 0
      reject(remoteServerErrors.body_too_large('the body is larger than this service accepts'))
    })
    request.on('end', () => resolve(textOf(chunks)))
    request.on('error', (cause) => reject(remoteServerErrors.body_malformed('the body did not arrive', { cause })))
  })
}

function textOf(chunks: Buffer[]): string {
  const [only, ...others] = chunks
  if (only === undefined) return ''
  const text = (others.length === 0 ? only : Buffer.concat(chunks)).toString('utf8')
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
