import { describe, expect, it } from '@jest/globals'
import { readEnvelope } from '../message-envelope.js'

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const PLAIN = 'application/didcomm-plain+json'
const signed = part({ typ: 'application/didcomm-signed+json' })
const sealed = (skid?: unknown) => part({ typ: 'application/didcomm-encrypted+json', skid })
const to = ['did:web:example.com%3A8443:a', 'did:peer:2.Ez6LS.Vz6Mk.SeyJ0-_=']

describe('the envelope of a message', () => {
  it.each([
    ['plain', { typ: PLAIN, to }, { kind: 'plain', recipients: to }],
    ['plain, to one', { typ: PLAIN, to: to[0] }, { kind: 'plain', recipients: [to[0]] }],
    ['plain, named twice', { typ: PLAIN, to: [to[0], to[0]] }, { kind: 'plain', recipients: [to[0]] }],
    ['without a type', { to: to[0], type: 'jwt', body: 'a.b.c' }, { kind: 'stated', recipients: [to[0]] }],
    ['signed, flattened', { protected: signed, payload: part({ to }) }, { kind: 'signed', recipients: to }],
    ['signed', { signatures: [{ protected: signed }], payload: part({ to }) }, { kind: 'signed', recipients: to }],
    [
      'encrypted',
      { protected: sealed(), recipients: to.map((did) => ({ header: { kid: `${did}#key-1` } })) },
      { kind: 'encrypted', recipients: to },
    ],
    [
      'encrypted by a sender',
      { protected: sealed('did:key:z1#z1'), recipients: [{ header: { kid: `${to[0]}#k` } }] },
      { kind: 'encrypted', recipients: [to[0]], sender: 'did:key:z1' },
    ],
  ])('names the recipients of a message that is %s', (_name, message, envelope) => {
    expect(readEnvelope(JSON.stringify(message))).toEqual(envelope)
  })

  it('names the audience of a JWT', () => {
    expect(readEnvelope(`e30.${part({ aud: to })}.AA`)).toEqual({ kind: 'stated', recipients: to })
    expect(() => readEnvelope(`e30.${part({ sub: to[0] })}.AA`)).toThrow('invalid_argument')
  })

  it.each([
    ['two signatures', { signatures: [{}, {}], payload: part({ to }) }],
    ['a signed message whose payload is none', { protected: signed, payload: 7 }],
    ['an encrypted one for a key that is no DID’s', { protected: sealed(), recipients: [{ header: { kid: 'aabb' } }] }],
    ['recipients without a header', { protected: sealed(), recipients: [{}] }],
    ['recipients that are no list', { protected: sealed(), recipients: {} }],
    ['a sender’s key that is no DID’s', { protected: sealed(7), recipients: [{ header: { kid: `${to[0]}#k` } }] }],
    ['a DID with what needs an escape', { typ: PLAIN, to: ['did:web:a/../b'] }],
    ['a list of lists', { typ: PLAIN, to: [to] }],
    ['no recipients', { typ: PLAIN, to: [] }],
    ['another type', { protected: part({ typ: 'JWT' }) }],
  ])('is refused for %s', (_name, message) => {
    expect(() => readEnvelope(JSON.stringify(message))).toThrow('invalid_argument: not a message that can be received')
  })

  it('is refused for a member that would change a prototype, also inside a part', () => {
    const polluting = '{"__proto__":{"to":["did:x:y"]},"to":["did:x:y"]}'
    expect(() => readEnvelope(polluting)).toThrow('invalid_argument')
    const payload = Buffer.from(polluting).toString('base64url')
    expect(() => readEnvelope(JSON.stringify({ protected: signed, payload }))).toThrow('invalid_argument')
  })
})
