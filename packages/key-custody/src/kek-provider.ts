import { createHmac, type KeyObject } from 'node:crypto'
import { kitErrors } from '@veramo-studio/plugin-kit'
import { open, seal } from './envelope.js'

/**
 * Holds the root key (KEK) and wraps data keys with it. {@link localKek} keeps it in the process; a provider for a key
 * management service calls that service.
 */
export interface KekProvider {
  /** Names the root key in the rows it wrapped. Not a secret. */
  readonly id: string
  /** @param context must be given again, byte for byte, to unwrap */
  wrap(plaintext: Buffer, context: Buffer): Promise<Buffer>
  /**
   * Rejects with `seal_broken` for bytes that this root key did not wrap in this context. Any other rejection is taken
   * for a fault of the provider, and passed on.
   */
  unwrap(wrapped: Buffer, context: Buffer): Promise<Buffer>
}

const KEK_BYTES = 32
const ID_LENGTH = 16

/** A root key of 32 bytes that lives in this process, such as `loadSettings().kek`. */
export function localKek(key: KeyObject): KekProvider {
  if (key.type !== 'secret' || key.symmetricKeySize !== KEK_BYTES) {
    throw kitErrors.setting_invalid(`STUDIO_KEK must be ${KEK_BYTES} bytes`)
  }
  const fingerprint = createHmac('sha256', key).update('veramo-studio/kek-id').digest('hex').slice(0, ID_LENGTH)
  return {
    id: `local:${fingerprint}`,
    wrap: async (plaintext, context) => seal(key, plaintext, context),
    unwrap: async (wrapped, context) => open(key, wrapped, context),
  }
}
