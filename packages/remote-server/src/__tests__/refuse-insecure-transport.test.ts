import type { IncomingMessage } from 'node:http'
import { expect, it } from '@jest/globals'
import { refuseInsecureTransport } from '../refuse-insecure-transport.js'

interface Coming {
  from: string
  encrypted?: boolean
  proto?: string
  /** Whether the operator trusts the proxy that it comes from. */
  trusted?: boolean
}

function isRefused({ from, encrypted = false, proto, trusted = false }: Coming): boolean {
  const socket = { remoteAddress: from, encrypted }
  const request = { socket, headers: { 'x-forwarded-proto': proto } } as unknown as IncomingMessage
  try {
    refuseInsecureTransport(request, () => trusted)
    return false
  } catch (error) {
    expect(error).toMatchObject({ code: 'insecure_transport' })
    return true
  }
}

it.each([{ from: '127.0.0.1' }, { from: '127.8.9.1' }, { from: '::1' }, { from: '::ffff:127.0.0.1' }])(
  'lets plain HTTP in from this host: %p',
  (coming) => expect(isRefused(coming)).toBe(false),
)

it.each([
  { from: '10.0.0.2' },
  { from: '203.0.113.9' },
  { from: '::ffff:10.0.0.2' },
  { from: 'fe80::1' },
  { from: '' },
])('refuses it from another: %p', (coming) => expect(isRefused(coming)).toBe(true))

it('does not believe a header of somebody who is not trusted', () => {
  expect(isRefused({ from: '203.0.113.9', proto: 'https' })).toBe(true)
})

it('believes a trusted proxy, also when its client came by plain HTTP', () => {
  expect(isRefused({ from: '10.0.0.2', trusted: true, proto: 'https' })).toBe(false)
  expect(isRefused({ from: '10.0.0.2', trusted: true })).toBe(false)
  expect(isRefused({ from: '10.0.0.2', trusted: true, proto: 'http' })).toBe(true)
  expect(isRefused({ from: '127.0.0.1', trusted: true, proto: 'http' })).toBe(true)
})

it('lets TLS in from anywhere', () => expect(isRefused({ from: '203.0.113.9', encrypted: true })).toBe(false))
