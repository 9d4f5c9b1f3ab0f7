import { isStudioError, kitErrors } from '@veramo-studio/plugin-kit'
import type { Eip712Payload } from '@veramo/key-manager'
import { hexlify, SigningKey as EthereumKey, toUtf8String, Transaction, Wallet } from 'ethers'
import { toPrivateKeyBytes, type SigningKey } from './signing-key.js'

type EthereumSigner = (key: EthereumKey, data: Uint8Array) => Promise<string>

const SIGNERS: ReadonlyMap<string | undefined, EthereumSigner> = new Map([
  ['eth_signTransaction', signTransaction],
  ['signTransaction', signTransaction],
  ['signTx', signTransaction],
  ['eth_signMessage', (key, data) => new Wallet(key).signMessage(data)],
  ['eth_signTypedData', signTypedData],
  ['EthereumEip712Signature2021', signTypedData],
  ['eth_rawSign', async (key, data) => key.sign(data).compactSerialized],
])

/**
 * Ethereum's ways to sign, in hex with `0x`; undefined for another algorithm. Data that is not what the algorithm signs
 * is an `invalid_argument`.
 */
export async function signEthereum(
  signingKey: SigningKey,
  algorithm: string | undefined,
  data: Uint8Array,
): Promise<string | undefined> {
  const signer = SIGNERS.get(algorithm)
  if (signer === undefined) return undefined
  const privateKey = toPrivateKeyBytes(signingKey)
  try {
    return await signer(new EthereumKey(privateKey), data)
  } catch (error) {
    if (isStudioError(error)) throw error
    throw kitErrors.invalid_argument(error instanceof Error ? error.message : `cannot sign ${algorithm}`, {
      cause: error,
    })
  } finally {
    privateKey.fill(0)
  }
}

async function signTransaction(key: EthereumKey, data: Uint8Array): Promise<string> {
  const transaction = Transaction.from(hexlify(data))
  const wallet = new Wallet(key)
  if (transaction.from && wallet.address.toLowerCase() !== transaction.from.toLowerCase()) {
    throw kitErrors.invalid_argument(
      'eth_signTransaction `from` field does not match the chosen key. `from` field should be omitted.',
    )
  }
  return wallet.signTransaction(transaction)
}

async function signTypedData(key: EthereumKey, data: Uint8Array): Promise<string> {
  const { domain, types, message } = parseTypedData(data)
  // The domain's own type is implied, and ethers refuses it.
  delete types['EIP712Domain']
  return new Wallet(key).signTypedData(domain, types, message)
}

function parseTypedData(data: Uint8Array): Pick<Eip712Payload, 'domain' | 'types' | 'message'> {
  let cause: unknown
  try {
    const payload = JSON.parse(toUtf8String(data)) as Partial<Eip712Payload>
    const { domain, types, message } = payload
    if (isObject(domain) && isObject(types) && isObject(message)) return { domain, types, message }
  } catch (error) {
    cause = error
  }
  throw kitErrors.invalid_argument("Cannot sign typed data. 'domain', 'types', and 'message' must be provided", {
    cause,
  })
}

function isObject<T>(value: T | null | undefined): value is T & object {
  return typeof value === 'object' && value !== null
}
