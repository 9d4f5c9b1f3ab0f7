import { crc32 } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { BASE62 } from '@veramo-studio/plugin-kit'
import fc from 'fast-check'
import { checksumOf, hasChecksum, lastDigitsOf } from '../token-checksum.js'

const texts = fc.string({ unit: fc.constantFrom(...BASE62, '_'), maxLength: 122 })

function valueOf(digits: string): bigint {
  return Array.from(digits).reduce((sum, digit) => sum * 62n + BigInt(BASE62.indexOf(digit)), 0n)
}

describe('the checksum of a token', () => {
  it("is zlib's CRC-32, for a text of any length", () => {
    fc.assert(fc.property(texts, (text) => valueOf(checksumOf(text)) === BigInt(crc32(text))))
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

it('gives the last ten digits of the number that a digest is', () => {
  const digests = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const edges = [0, 255].map((byte) => new Uint8Array(32).fill(byte))
  fc.assert(
    fc.property(digests, (digest) => {
      const bytes = Buffer.from(digest)
      const expected = BigInt(`0x${bytes.toString('hex')}`) % 62n ** 10n
      return valueOf(lastDigitsOf(bytes.toString('binary'))) === expected
    }),
    { examples: edges.map((edge) => [edge] as [Uint8Array]) },
  )
})
