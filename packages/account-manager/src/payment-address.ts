import { createHash } from 'node:crypto'
import { bech32 } from '@scure/base'

/** The same on mainnet and testnet. */
const PREFIX = 'cheqd'

/** The address of an account of the cheqd ledger: bech32 of ripemd160(sha256(compressed secp256k1 public key)). */
export function toPaymentAddress(publicKeyHex: string): string {
  if (!/^0[23][0-9a-f]{64}$/.test(publicKeyHex)) throw new TypeError('not a compressed secp256k1 public key in hex')
  const publicKeyHash = createHash('sha256').update(publicKeyHex, 'hex').digest()
  const accountId = createHash('ripemd160').update(publicKeyHash).digest()
  return bech32.encode(PREFIX, bech32.toWords(accountId))
}
