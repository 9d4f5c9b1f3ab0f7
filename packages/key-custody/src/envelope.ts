import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto'
import { keyCustodyErrors } from './errors.js'

/** Leads each sealed value and is part of what its context binds. */
const FORMAT_VERSION = 1
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const NONCE_END = 1 + NONCE_BYTES
const TAG_END = NONCE_END + TAG_BYTES

/**
 * Encodes what a sealed value belongs to, for the associated data. Each field carries its length, so that no two lists
 * of fields encode alike: moving a character from one to the next changes the bytes.
 */
export function encodeContext(fields: readonly (string | number)[]): Buffer {
  const parts = [FORMAT_VERSION, ...fields].flatMap((field) => {
    const bytes = Buffer.from(String(field), 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return [length, bytes]
  })
  return Buffer.concat(parts)
}

/** Seals bytes under a key of 32 bytes: format version, nonce, tag, ciphertext. */
export function seal(key: KeyObject, plaintext: Buffer, context: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(context)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([Buffer.of(FORMAT_VERSION), nonce, cipher.getAuthTag(), ciphertext])
}

/** Opens what `seal` made under the same key and context; `seal_broken` for anything else. */
export function open(key: KeyObject, sealed: Buffer, context: Buffer): Buffer {
  if (sealed.length < TAG_END || sealed[0] !== FORMAT_VERSION) throw broken()
  // Without authTagLength Node would take a tag of four bytes for good.
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(1, NONCE_END), { authTagLength: TAG_BYTES })
  decipher.setAAD(context).setAuthTag(sealed.subarray(NONCE_END, TAG_END))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(TAG_END)), decipher.final()])
  } catch (cause) {
    throw broken(cause)
  }
}

/** Reads a sealed value from a text column. Only the one spelling of the bytes that `toString('base64')` makes. */
export function fromColumn(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw broken()
  return bytes
}

function broken(cause?: unknown): Error {
  return keyCustodyErrors.seal_broken(
    'a sealed value does not open: it was changed, moved, or sealed under another key',
    {
      cause,
    },
  )
}
