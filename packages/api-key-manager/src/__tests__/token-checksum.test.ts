import { crc32 } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { BASE62 } from '@veramo-studio/plugin-kit'
import fc from 'fast-check'
import { checksumOf, hasChecksum } from '../token-checksum.js'

const texts = fc.string({ unit: fc.constantFrom(...BASE62, '_'), maxLength: 122 })

function valueOf(digits: string): number {
  return Array.from(digits).reduce((sum, digit) => sum * BASE62.length + BASE62.indexOf(digit), 0)
}

describe('the checksum of a token', () => {
  it("is zlib's CRC-32, for a text of any length", () => {
    fc.assert(fc.property(texts, (text) => valueOf(checksumOf(text)) === crc32(text)))
  })

  it('is found where it stands, and nowhere in a text that ends before it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const whole = text + checksumOf(text)
        return hasChecksum(whole, text.length) && !hasChecksum(whole.slice(0, -1), text.length)
      }),
    )
  })

  it('is not guessed for a text that is too long for it', () => {
    expect(() => checksumOf('x'.repeat(129))).toThrow(RangeError)
  })
})
