import { hash } from 'node:crypto'
import type { IAgent } from '@veramo/core-types'
import { isOperatorOnly, isPermitted } from '@veramo-studio/plugin-kit'
import { isInAddressList } from './allowed-ips.js'
import { hashDigest, isDigestOf, isTagGenuine, mayBeToken, parseApiKeyToken } from './api-key-token.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { drawRateLimits } from './draw-rate-limits.js'
import type { IdleRule } from './idle-rule.js'
import { readApiKeyToVerify, readImportedToVerify, type ApiKeyReading } from './typeorm/api-key-store.js'
import { readLatestUseMs } from './typeorm/idle-key-store.js'
import type { ApiKeyDecision, ApiKeyManagerVerifyArgs, ApiKeyVerdict } from './types/IApiKeyManager.js'
import { accepted, toVerifiedKey, type VerifiedKey } from './verified-key.js'

/** What usage says where a key was refused before anybody asked for a method. */
export const NO_METHOD = '*'
const ALLOWED = 'allowed'
const METHOD_NAME = /^[A-Za-z][A-Za-z0-9]{0,99}$/

const MALFORMED = Promise.resolve(refused('malformed'))
const UNKNOWN = refused('unknown')

/**
 * Costs a checksum for a typo, a digest for a token that is known, two MACs for a forgery, and one indexed read for a
 * token of the service's own making that is not known yet. A key is refused from the moment that it was revoked, in
 * another process at most a second later.
 */
export function verifyApiKey(
  dependencies: ApiKeyDependencies,
  args: ApiKeyManagerVerifyArgs,
  agent: IAgent,
): Promise<ApiKeyDecision> {
  const { token } = args
  if (!mayBeToken(token) && dependencies.imported.find(token) === undefined) return MALFORMED
  const digest = hash('sha256', token, 'binary')
  const known = dependencies.cache.find(digest)
  if (known !== undefined && dependencies.freshness.isFresh()) return decide(dependencies, known, { args, agent })
  return verifyUnsure(dependencies, digest, { args, agent })
}

interface Question {
  args: ApiKeyManagerVerifyArgs
  agent: IAgent
}

/** For a token that is not known, or for a cache that may be of the past. */
async function verifyUnsure(
  dependencies: ApiKeyDependencies,
  digest: string,
  question: Question,
): Promise<ApiKeyDecision> {
  const { cache, freshness, peppers } = dependencies
  if (cache.find(digest) !== undefined) {
    await freshness.confirm()
    const confirmed = cache.find(digest)
    if (confirmed !== undefined) return decide(dependencies, confirmed, question)
  }
  const { token } = question.args
  if (dependencies.imported.find(token) !== undefined) {
    const imported = await readImportedKey(dependencies, { token, digest })
    return imported === undefined ? UNKNOWN : decide(dependencies, imported, question)
  }
  const parsed = parseApiKeyToken(token)
  if (!parsed.ok) return MALFORMED
  if (!isTagGenuine(peppers, parsed.parts)) return UNKNOWN
  const key = await readKey(dependencies, parsed.parts.keyId, { token, digest })
  return key === undefined ? UNKNOWN : decide(dependencies, key, question)
}

/** The token that must be the key's. */
interface Proof {
  token: string
  digest: string
}

/**
 * Reads a key, and keeps what was read unless it has changed meanwhile.
 *
 * @param proof without, the key is found by its id alone
 */
export function readKey(
  dependencies: ApiKeyDependencies,
  keyId: string,
  proof?: Proof,
): Promise<VerifiedKey | undefined> {
  return readAndKeep(dependencies, () => readApiKeyToVerify(dependencies.database, keyId), proof)
}

/** Reads the key of a token that was made elsewhere: it names no key, and is found by what is kept of it. */
async function readImportedKey(dependencies: ApiKeyDependencies, proof: Proof): Promise<VerifiedKey | undefined> {
  const { database, peppers } = dependencies
  const hashes = peppers.all.map((pepper) => hashDigest(pepper, proof.digest))
  return readAndKeep(dependencies, () => readImportedToVerify(database, hashes), proof)
}

async function readAndKeep(
  { peppers, bundles, cache, freshness, clock, imported }: ApiKeyDependencies,
  read: () => Promise<ApiKeyReading>,
  proof: Proof | undefined,
): Promise<VerifiedKey | undefined> {
  const { generation } = cache
  const askedAtMs = performance.now()
  const { row, epoch, databaseTimeMs } = await read()
  if (row === null) return undefined
  if (proof !== undefined && !isDigestOf(peppers, row, proof.digest)) return undefined
  // The token of one kind of key is none of the other's, whatever hash was imported.
  if (proof !== undefined && imported.find(proof.token) !== (row.tokenPrefix ?? undefined)) return undefined
  clock.learn(databaseTimeMs, askedAtMs)
  const key = toVerifiedKey(row, bundles, proof?.digest)
  if (freshness.accept(epoch, askedAtMs)) cache.keep(key, generation)
  return key
}

/** Looks for what other processes know of a key before it is taken for idle. */
export async function findLatestUse({ database, usage }: ApiKeyDependencies, key: VerifiedKey): Promise<void> {
  const here = usage.lastUsedAt(key.keyId)
  const saved = await readLatestUseMs(database, key.keyId)
  key.usedAtMs = Math.max(key.usedAtMs, saved, here === undefined ? 0 : Date.parse(here))
}

function decide(
  dependencies: ApiKeyDependencies,
  key: VerifiedKey,
  { args, agent }: Question,
): Promise<ApiKeyDecision> {
  const nowMs = dependencies.clock.nowMs()
  if (!dependencies.idle.isIdle(key.usedAtMs, nowMs)) return decideNow(dependencies, key, { args, agent, nowMs })
  return findLatestUse(dependencies, key).then(() => decideNow(dependencies, key, { args, agent, nowMs }))
}

function decideNow(
  dependencies: ApiKeyDependencies,
  key: VerifiedKey,
  { args, agent, nowMs }: Question & { nowMs: number },
): Promise<ApiKeyDecision> {
  const { idle, usage } = dependencies
  const { method, ip } = args
  const refusal = refusalOf(key, nowMs, idle) ?? (isFromElsewhere(key, ip) ? 'ip_denied' : undefined)
  if (refusal !== undefined) {
    usage.count(key, { method: nameToCount(method), outcome: refusal }, nowMs)
    return Promise.resolve(refused(refusal))
  }
  if (method !== undefined) return decideCall(dependencies, key, { method, agent })
  key.usedAtMs = nowMs
  usage.see(key, nowMs)
  return Promise.resolve(accepted(key))
}

async function decideCall(
  dependencies: ApiKeyDependencies,
  key: VerifiedKey,
  { method, agent }: { method: string; agent: IAgent },
): Promise<ApiKeyDecision> {
  const { clock, usage } = dependencies
  const count = (outcome: string) => usage.count(key, { method: nameToCount(method), outcome }, clock.nowMs())
  if (!mayCall(key, method, agent)) {
    count('permission_denied')
    return { ...accepted(key), ...refused('permission_denied') }
  }
  const { allowed, states, retryAfterMs } = await drawRateLimits(dependencies, key, { method, agent })
  const rateLimits = states.length === 0 ? {} : { rateLimits: states }
  if (allowed) key.usedAtMs = clock.nowMs()
  count(allowed ? ALLOWED : 'rate_limited')
  if (!allowed) return { ...accepted(key), ...refused('rate_limited'), ...rateLimits, retryAfterMs }
  return { ...accepted(key), ...rateLimits }
}

/** The name that usage has a call under. It is the caller's word: what can be no method is not counted for itself. */
export function nameToCount(method: string | undefined): string {
  return method !== undefined && METHOD_NAME.test(method) ? method : NO_METHOD
}

/** The first that holds; undefined for a key that may be used. */
export function refusalOf(
  key: VerifiedKey,
  nowMs: number,
  idle: IdleRule,
): 'revoked' | 'expired' | 'disabled' | undefined {
  if (key.isRevoked) return 'revoked'
  if (key.expiresAtMs <= nowMs || idle.isIdle(key.usedAtMs, nowMs)) return 'expired'
  return key.isEnabled ? undefined : 'disabled'
}

function isFromElsewhere({ addresses }: VerifiedKey, ip: string | undefined): boolean {
  return addresses !== undefined && (ip === undefined || !isInAddressList(addresses, ip))
}

function refused(code: Exclude<ApiKeyVerdict, 'valid'>): ApiKeyDecision {
  return { valid: false, code }
}

/** Operators' methods are out of reach of any customer's key, whatever its permissions. */
function mayCall({ principal }: VerifiedKey, method: string, agent: IAgent): boolean {
  if (principal.role !== 'operator' && isOperatorOnly(agent.getSchema(), method)) return false
  return isPermitted(principal.permissions, method)
}
