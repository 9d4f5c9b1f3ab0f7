import { randomBytes } from 'node:crypto'

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
export const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz'

/**
 * A uniformly random string over an alphabet of at most 256 characters. Bytes past the last whole multiple of the
 * alphabet are thrown away, so that no character is likelier than another.
 */
export function randomString(length: number, alphabet: string = BASE62): string {
  const usable = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < usable && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}
