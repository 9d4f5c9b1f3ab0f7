import { hash, type KeyObject } from 'node:crypto'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
const INNER_PAD = 0x36
const OUTER_PAD = 0x5c
/** More than is ever hashed here: the body of a token, or a digest. */
const MAX_MESSAGE_BYTES = 64

/**
 * HMAC-SHA-256 (RFC 2104) of short messages under one key. Each call of the service may pass here, and `createHmac` takes
 * twice as long: most of it makes an object that is used once.
 */
export class KeyedHash {
  // Out of sight of whatever prints objects: each begins with the key.
  readonly #inner: Buffer
  readonly #outer: Buffer

  constructor(key: KeyObject) {
    const exported = key.export()
    const bytes = exported.length > BLOCK_BYTES ? hash('sha256', exported, 'buffer') : exported
    this.#inner = padded(bytes, { pad: INNER_PAD, messageBytes: MAX_MESSAGE_BYTES })
    this.#outer = padded(bytes, { pad: OUTER_PAD, messageBytes: DIGEST_BYTES })
  }

  /** @param message one character a byte; throws a `RangeError` for more than 64 */
  of(message: string, encoding: 'hex' | 'binary'): string {
    if (message.length > MAX_MESSAGE_BYTES) throw new RangeError('the message is too long for this hash')
    const end = BLOCK_BYTES + this.#inner.write(message, BLOCK_BYTES, 'latin1')
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'latin1')
    return hash('sha256', this.#outer, encoding)
  }
}

function padded(key: Buffer, { pad, messageBytes }: { pad: number; messageBytes: number }): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES + messageBytes)
  for (let at = 0; at < BLOCK_BYTES; at += 1) block[at] = (key[at] ?? 0) ^ pad
  return block
}
