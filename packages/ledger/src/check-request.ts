import { canonicalJson, isPlainObject, kitErrors } from '@veramo-studio/plugin-kit'
import { assertAmount, MAX_INT64 } from './amount.js'
import { digestFields } from './chain-key.js'
import { ledgerErrors } from './errors.js'
import { HELD, type LedgerLeg, type LedgerMetadata, type TransferKind, type TransferReference } from './transfer.js'

/** Bounds the parameters of one statement. */
const MAX_LEGS = 100
const MAX_METADATA_LENGTH = 16_384
const MAX_PAGE = 1000
/** No control characters; no halves of surrogate pairs, which UTF-8 would all turn into the same one. */
const IDENTIFIER = /^[^\p{Cc}\p{Cs}]{1,255}$/u
const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

export interface PostRequest extends TransferReference {
  /** 1 to 100; applied in their order. */
  legs: readonly LedgerLeg[]
  /** Kept with the transfer; any JSON object of up to 16,384 characters. */
  metadata?: LedgerMetadata
}

export interface HoldRequest extends PostRequest {
  /** When it may be expired, as `Date.toISOString()` gives it. Default null: never by itself. */
  expiresAt?: string | null
}

/** A request that was found fit, with the texts that it is stored as. */
export interface CheckedRequest extends TransferReference {
  kind: TransferKind
  legs: LedgerLeg[]
  legsText: string
  metadataText: string
  expiresAt: string | null
  /**
   * Tells it from another request with the same id. When it expires is no part of it: who asks again counts from a
   * later time, and means the same.
   */
  digest: string
}

/** Throws `amount_invalid` or `invalid_argument`. */
export function checkRequest(kind: TransferKind, request: HoldRequest): CheckedRequest {
  const { tenantId, transferId, metadata = {}, expiresAt = null } = request
  assertReference({ tenantId, transferId })
  const legs = checkLegs(request.legs)
  if (expiresAt !== null) assertInstant(expiresAt, 'expiresAt')
  if (!isPlainObject(metadata)) throw kitErrors.invalid_argument('metadata must be an object')
  const metadataText = canonicalJson(metadata)
  if (metadataText.length > MAX_METADATA_LENGTH) {
    throw kitErrors.invalid_argument(`metadata must have at most ${MAX_METADATA_LENGTH} characters as JSON`)
  }
  const legsText = JSON.stringify(legs.map((leg) => ({ ...leg, amount: String(leg.amount) })))
  const digest = digestFields([kind, legsText, metadataText])
  return { tenantId, transferId, kind, legs, legsText, metadataText, expiresAt, digest }
}

/** What of each leg is to be settled; all of it where nothing is said. Throws `amount_invalid`. */
export function checkSettledAmounts(legs: readonly LedgerLeg[], amounts: readonly bigint[] | undefined): bigint[] {
  if (amounts === undefined) return legs.map((leg) => leg.amount)
  if (!Array.isArray(amounts) || amounts.length !== legs.length) {
    throw ledgerErrors.amount_invalid(`amounts must be a list of ${legs.length}, one for each leg`)
  }
  return legs.map((leg, index) => {
    const amount = amounts[index] as bigint
    assertAmount(amount, `amounts[${index}]`, { least: 0n, most: leg.amount })
    return amount
  })
}

export function assertReference({ tenantId, transferId }: TransferReference): void {
  assertIdentifier(tenantId, 'tenantId')
  assertIdentifier(transferId, 'transferId')
}

export function assertIdentifier(value: unknown, name: string): void {
  if (typeof value !== 'string' || !IDENTIFIER.test(value)) {
    throw kitErrors.invalid_argument(`${name} must be a text of 1 to 255 characters without control characters`)
  }
}

/** Instants are compared as text, which is right for this one form alone. */
export function assertInstant(value: unknown, name: string): void {
  if (typeof value !== 'string' || !ISO_INSTANT.test(value) || Number.isNaN(Date.parse(value))) {
    throw kitErrors.invalid_argument(`${name} must be a time in UTC such as 2026-01-31T00:00:00.000Z`)
  }
}

export function assertLimit(limit: unknown): void {
  if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > MAX_PAGE) {
    throw kitErrors.invalid_argument(`limit must be an integer from 1 to ${MAX_PAGE}`)
  }
}

function checkLegs(legs: unknown): LedgerLeg[] {
  if (!Array.isArray(legs) || legs.length < 1 || legs.length > MAX_LEGS) {
    throw kitErrors.invalid_argument(`legs must be a list of 1 to ${MAX_LEGS}`)
  }
  return legs.map((leg: unknown, index) => checkLeg(leg, `legs[${index}]`))
}

function checkLeg(leg: unknown, name: string): LedgerLeg {
  if (typeof leg !== 'object' || leg === null) throw kitErrors.invalid_argument(`${name} must be an object`)
  const { from, to, asset, amount } = leg as LedgerLeg
  assertIdentifier(from, `${name}.from`)
  assertIdentifier(to, `${name}.to`)
  assertIdentifier(asset, `${name}.asset`)
  if (from === to) throw kitErrors.invalid_argument(`${name} leads from an account to itself`)
  if (from === HELD || to === HELD) throw kitErrors.invalid_argument(`${name}: "${HELD}" belongs to the ledger`)
  assertAmount(amount, `${name}.amount`, { least: 1n, most: MAX_INT64 })
  return { from, to, asset, amount }
}
