import { isPlainObject, kitErrors } from '@veramo-studio/plugin-kit'

/** What is to be known of a message from outside before anybody opens it. */
export interface MessageEnvelope {
  /** `stated` messages say who they are from and to, and nothing proves it: plain ones, and JWTs before they are checked. */
  kind: 'encrypted' | 'signed' | 'plain' | 'stated'
  /** DIDs. */
  recipients: string[]
  /** Of a message that is encrypted by its sender: the DID of the key. */
  sender?: string
}

const MAX_RECIPIENTS = 16
const MAX_DID_LENGTH = 1280
const DID = /^did:[a-z0-9]+:[\w.:%=-]+$/
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/
const PLAIN_TYPE = 'application/didcomm-plain+json'
const SIGNED_TYPE = 'application/didcomm-signed+json'
const ENCRYPTED_TYPE = 'application/didcomm-encrypted+json'

/**
 * Reads to whom a message is addressed, which is all that decides who gets it: the keys that it is encrypted for, the
 * `to` of a plain or signed one, the `aud` of a JWT. Throws `invalid_argument` for what is no such message.
 */
export function readEnvelope(raw: string): MessageEnvelope {
  if (JWT.test(raw)) return { kind: 'stated', recipients: checked(readPart(raw.split('.')[1])['aud']) }
  const message = parse(raw)
  // In the order in which Veramo's plugin decides, so that it takes each for what it is taken for here.
  if (message['typ'] === PLAIN_TYPE) return stated('plain', message)
  if (message['protected'] !== undefined) return readProtected(message)
  if (message['signatures'] !== undefined) return readSigned(message)
  return stated('stated', message)
}

function readProtected(message: Members): MessageEnvelope {
  const { typ, skid } = readPart(message['protected'])
  if (typ === SIGNED_TYPE) return readSigned(message)
  if (typ !== ENCRYPTED_TYPE) throw malformed('its protected header names no type of DIDComm')
  const kids = listOf(message['recipients']).map((each) => {
    const header = isPlainObject(each) ? each['header'] : undefined
    return isPlainObject(header) ? header['kid'] : undefined
  })
  const recipients = checked(kids.map(withoutFragment))
  return skid === undefined ? { kind: 'encrypted', recipients } : { kind: 'encrypted', recipients, ...senderOf(skid) }
}

function senderOf(skid: unknown): { sender: string } {
  const [sender = ''] = checked(withoutFragment(skid))
  return { sender }
}

function readSigned(message: Members): MessageEnvelope {
  if (listOf(message['signatures'] ?? []).length > 1) throw malformed('it has more than one signature')
  return { kind: 'signed', recipients: checked(readPart(message['payload'])['to']) }
}

/** Nothing in it is sealed: what says otherwise is neither one thing nor the other. */
function stated(kind: 'plain' | 'stated', message: Members): MessageEnvelope {
  if (message['ciphertext'] !== undefined) throw malformed('it is neither plain nor encrypted')
  return { kind, recipients: checked(message['to']) }
}

type Members = Record<string, unknown>

function parse(text: string): Members {
  let value: unknown
  try {
    value = JSON.parse(text, refusePollution)
  } catch (cause) {
    throw malformed('it is neither a JSON object nor a JWT', cause)
  }
  if (!isPlainObject(value)) throw malformed('it is neither a JSON object nor a JWT')
  return value
}

/** A member of this name would change the prototype of whatever object it is merged into. */
function refusePollution(name: string, value: unknown): unknown {
  if (name === '__proto__') throw new SyntaxError(`the member ${name} is not accepted`)
  return value
}

/** A part of JOSE: JSON in base64url. */
function readPart(part: unknown): Members {
  if (typeof part !== 'string') throw malformed('a part of it is missing')
  return parse(Buffer.from(part, 'base64url').toString('utf8'))
}

function withoutFragment(kid: unknown): unknown {
  return typeof kid === 'string' ? kid.split('#', 1)[0] : kid
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw malformed('what must be a list is none')
  return value
}

function checked(named: unknown): string[] {
  const dids = Array.isArray(named) ? named : [named]
  if (dids.length === 0 || dids.length > MAX_RECIPIENTS || !dids.every(isDid)) {
    throw malformed(`it must name 1 to ${MAX_RECIPIENTS} DIDs as its recipients`)
  }
  return [...new Set(dids)]
}

function isDid(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_DID_LENGTH && DID.test(value)
}

function malformed(reason: string, cause?: unknown): Error {
  return kitErrors.invalid_argument(`not a message that can be received: ${reason}`, { cause })
}
