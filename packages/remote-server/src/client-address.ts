import type { IncomingMessage } from 'node:http'

/** Whether the operator trusts a proxy at this address, so many hops away; what Express makes of `trust proxy`. */
export type TrustsProxy = (address: string, hop: number) => boolean

/** Where a request comes from: the nearest address that is not a trusted proxy's. Undefined once the client has left. */
export function clientAddress({ socket, headers }: IncomingMessage, trustsProxy: TrustsProxy): string | undefined {
  const nearest = socket.remoteAddress
  const forwardedFor = headers['x-forwarded-for']
  if (nearest === undefined || forwardedFor === undefined) return nearest
  const hops = [nearest, ...addressesOf(String(forwardedFor)).toReversed()]
  return hops.find((address, hop) => hop === hops.length - 1 || !trustsProxy(address, hop))
}

function addressesOf(forwardedFor: string): string[] {
  return forwardedFor
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '')
}
