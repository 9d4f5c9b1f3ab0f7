import { createHash, timingSafeEqual } from 'node:crypto'
import { checksumOf, hasChecksum, lastDigitsOf } from './token-checksum.js'
import { BASE62, randomString } from '@veramo-studio/plugin-kit'
import type { Pepper, Peppers } from './peppers.js'
import type { ApiKeyEnvironment } from './types/IApiKeyManager.js'

/**
 * A token is `vs_<live|test>_<keyId>_<secret><tag>`. The tag has three parts: the version of the pepper (1), a MAC of
 * all that stands before the tag (10), and a CRC-32 of all that stands before it (6).
 */
const KEY_ID_LENGTH = 16
/** log2(62^28) is 166.7 bits. */
const SECRET_LENGTH = 28
/** log2(62^10) is 59.5 bits: enough for a guess that has to be made online. */
const MAC_LENGTH = 10
/** 62^6 exceeds 2^32. */
const CHECKSUM_LENGTH = 6

const TAIL_LENGTH = SECRET_LENGTH + 1 + MAC_LENGTH + CHECKSUM_LENGTH
const KEY_ID_AT = 'vs_live_'.length
const SECRET_AT = KEY_ID_AT + KEY_ID_LENGTH + 1
const VERSION_AT = SECRET_AT + SECRET_LENGTH
const MAC_AT = VERSION_AT + 1
const CHECKSUM_AT = MAC_AT + MAC_LENGTH

/** Characters of every token. */
export const API_KEY_TOKEN_LENGTH = CHECKSUM_AT + CHECKSUM_LENGTH

/**
 * What a token looks like, as the source of a regular expression, for scanners of leaked secrets. Not anchored, and
 * within the syntax that RE2, PCRE and JavaScript share. A token is {@link API_KEY_TOKEN_LENGTH} characters long.
 */
export const API_KEY_TOKEN_PATTERN = `vs_(?:live|test)_[0-9A-Za-z]{${KEY_ID_LENGTH}}_[0-9A-Za-z]{${TAIL_LENGTH}}`

/** One text for all keys that are kept in memory. */
const START: Readonly<Record<ApiKeyEnvironment, string>> = { live: 'vs_live_', test: 'vs_test_' }

const TOKEN = new RegExp(`^${API_KEY_TOKEN_PATTERN}$`)
const KEY_ID = new RegExp(`^[0-9A-Za-z]{${KEY_ID_LENGTH}}$`)

export interface ApiKeyTokenParts {
  environment: ApiKeyEnvironment
  keyId: string
  /** What the MAC is about: everything before the tag. */
  body: string
  pepperVersion: number
  mac: string
}

/** `checksum`: the right shape, but mistyped or made up. */
export type ParsedApiKeyToken =
  { ok: true; parts: ApiKeyTokenParts } | { ok: false; reason: 'length' | 'shape' | 'checksum' }

/** A token, and what is kept of it. */
export interface NewApiKeyToken {
  token: string
  keyId: string
  hash: string
  pepperVersion: number
}

export function generateApiKeyToken(peppers: Peppers, environment: ApiKeyEnvironment): NewApiKeyToken {
  const pepper = peppers.newest
  const keyId = newKeyId()
  const body = `${tokenStart(environment, keyId)}_${randomString(SECRET_LENGTH)}`
  const tagged = `${body}${BASE62.charAt(pepper.version)}${macOf(pepper, body)}`
  const token = `${tagged}${checksumOf(tagged)}`
  return { token, keyId, hash: hashApiKeyToken(pepper, token), pepperVersion: pepper.version }
}

/** For a token of the service's own making it is a part of it. */
export function newKeyId(): string {
  return randomString(KEY_ID_LENGTH)
}

/** Takes a token apart, without any secret. Never throws, and looks at nothing but the length of a text that is too long. */
export function parseApiKeyToken(token: string): ParsedApiKeyToken {
  if (token.length !== API_KEY_TOKEN_LENGTH) return { ok: false, reason: 'length' }
  if (!TOKEN.test(token)) return { ok: false, reason: 'shape' }
  if (!hasChecksum(token, CHECKSUM_AT)) return { ok: false, reason: 'checksum' }
  const parts: ApiKeyTokenParts = {
    environment: token.startsWith('vs_live_') ? 'live' : 'test',
    keyId: token.slice(KEY_ID_AT, KEY_ID_AT + KEY_ID_LENGTH),
    body: token.slice(0, VERSION_AT),
    pepperVersion: BASE62.indexOf(token.charAt(VERSION_AT)),
    mac: token.slice(MAC_AT, CHECKSUM_AT),
  }
  return { ok: true, parts }
}

/**
 * Whether a text may be a token at all, at the price of a CRC: every misspelling of one character is told from a token
 * here. What passes is not yet of the right shape.
 */
export function mayBeToken(token: string): boolean {
  return token.length === API_KEY_TOKEN_LENGTH && hasChecksum(token, CHECKSUM_AT)
}

/** Whether the service itself made this token, now or under an older pepper. */
export function isTagGenuine(peppers: Peppers, parts: ApiKeyTokenParts): boolean {
  const pepper = peppers.find(parts.pepperVersion)
  return pepper !== undefined && isSame(parts.mac, macOf(pepper, parts.body))
}

/**
 * What is kept of a token: `HMAC-SHA-256(pepper, SHA-256(token))` in hexadecimal. The inner digest is the 32 bytes
 * themselves, so the SHA-256 of a token that is reported from elsewhere is enough to find whether it is the key's.
 */
export function hashApiKeyToken(pepper: Pepper, token: string): string {
  return hashDigest(pepper, digestOf(token))
}

/** SHA-256 of a token. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** As {@link hashApiKeyToken}, of a token that is known by its digest alone: bytes, or a text of one character each. */
export function hashDigest(pepper: Pepper, digest: Buffer | string): string {
  return pepper.kept.of(typeof digest === 'string' ? digest : digest.toString('binary'), 'hex')
}

/** Compares a token's digest to what was kept of one, in constant time. */
export function isDigestOf(
  peppers: Peppers,
  kept: { hash: string; pepperVersion: number },
  digest: Buffer | string,
): boolean {
  const pepper = peppers.find(kept.pepperVersion)
  return pepper !== undefined && isSame(kept.hash, hashDigest(pepper, digest))
}

/** The part of a token that may be shown. */
export function tokenStart(environment: ApiKeyEnvironment, keyId: string): string {
  return START[environment] + keyId
}

export function isKeyId(text: string): boolean {
  return KEY_ID.test(text)
}

function macOf(pepper: Pepper, body: string): string {
  return lastDigitsOf(pepper.tags.of(body, 'binary'))
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
