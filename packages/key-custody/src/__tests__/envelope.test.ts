import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { encodeContext, fromColumn, open, seal } from '../envelope.js'

describe('an envelope', () => {
  const key = createSecretKey(randomBytes(32))
  const context = encodeContext(['sealed-key', 'tenant', 1])
  const plaintext = Buffer.from('a private key')

  const broken = expect.objectContaining({ code: 'seal_broken', status: 500 })

  it('gives back what was sealed, and never seals alike', () => {
    const sealed = seal(key, plaintext, context)
    expect(open(key, sealed, context)).toEqual(plaintext)
    expect(seal(key, plaintext, context)).not.toEqual(sealed)
    expect(sealed).toHaveLength(1 + 12 + 16 + plaintext.length)
    expect(sealed.includes(plaintext)).toBe(false)
  })

  it('does not open after a change to any of its bytes', () => {
    const sealed = seal(key, plaintext, context)
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed)
      changed[index] = (changed[index] as number) ^ 1
      expect(() => open(key, changed, context)).toThrow(broken)
    }
  })

  it('does not open when it is cut short or made longer', () => {
    const sealed = seal(key, plaintext, context)
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => open(key, sealed.subarray(0, length), context)).toThrow(broken)
    }
    expect(() => open(key, Buffer.concat([sealed, Buffer.of(0)]), context)).toThrow(broken)
  })

  it('does not open under another key or in another context', () => {
    const sealed = seal(key, plaintext, context)
    expect(() => open(createSecretKey(randomBytes(32)), sealed, context)).toThrow(broken)
    expect(() => open(key, sealed, encodeContext(['sealed-key', 'tenant', 2]))).toThrow(broken)
  })

  it('refuses a tag of four bytes, which Node would take by itself', () => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 4 }).setAAD(context)
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
    const tag = cipher.getAuthTag()
    expect(tag).toHaveLength(4)
    for (const padding of [Buffer.alloc(0), Buffer.alloc(12)]) {
      const sealed = Buffer.concat([Buffer.of(1), nonce, tag, padding, ciphertext])
      expect(() => open(key, sealed, context)).toThrow(broken)
    }
  })

  it('binds each field apart from its neighbours', () => {
    const encodings = [['a', 'bc'], ['ab', 'c'], ['abc', ''], ['', 'abc'], ['abc'], ['a', 'b', 'c']].map((fields) =>
      encodeContext(fields).toString('hex'),
    )
    expect(new Set(encodings).size).toBe(encodings.length)
  })

  it('is read from a column in one spelling only', () => {
    const bytes = Buffer.from('ff00ff00', 'hex')
    const text = bytes.toString('base64')
    expect(fromColumn(text)).toEqual(bytes)
    for (const other of [`${text}\n`, `!${text}`, text.replace(/=+$/, ''), bytes.toString('base64url')]) {
      expect(() => fromColumn(other)).toThrow(broken)
    }
  })
})
