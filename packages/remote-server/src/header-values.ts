import type { IncomingMessage } from 'node:http'

/**
 * Every value that a header field was sent with. Node joins the values of a field that is sent twice, or drops the
 * second one; its `headersDistinct` sorts all fields of a request to tell one.
 *
 * @param name in small letters
 */
export function headerValues({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? ''
    if (sent.length === name.length && sent.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '')
  }
  return values
}
