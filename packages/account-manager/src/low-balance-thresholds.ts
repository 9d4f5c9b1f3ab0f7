import { isPlainObject, kitErrors } from '@veramo-studio/plugin-kit'
import { NETWORKS } from './money-account.js'
import type { PaymentNetwork } from './types/PaymentKeys.js'

/** In ncheq, as decimal text: one for a network, or several. */
export type LowBalanceThresholds = { readonly [network in PaymentNetwork]?: string | readonly string[] }

export type Thresholds = ReadonlyMap<PaymentNetwork, readonly bigint[]>

const MAX_THRESHOLDS = 10
const NCHEQ = /^(0|[1-9]\d{0,18})$/

/** Throws `setting_invalid`. Networks without a threshold are left out. */
export function parseThresholds(setting: LowBalanceThresholds | undefined): Thresholds {
  const thresholds = new Map<PaymentNetwork, readonly bigint[]>()
  if (setting === undefined) return thresholds
  if (!isPlainObject(setting)) throw invalid('must name networks')
  for (const [name, given] of Object.entries(setting)) {
    const network = NETWORKS.find((each) => each === name)
    if (network === undefined) throw invalid(`names ${name}, which is none of ${NETWORKS.join(', ')}`)
    const texts: unknown[] = Array.isArray(given) ? given : [given]
    if (texts.length > MAX_THRESHOLDS) throw invalid(`has more than ${MAX_THRESHOLDS} thresholds for ${network}`)
    const amounts = [...new Set(texts.map((text) => toNcheq(text, network)))].sort((a, b) => (a < b ? 1 : -1))
    if (amounts.length > 0) thresholds.set(network, amounts)
  }
  return thresholds
}

function toNcheq(text: unknown, network: PaymentNetwork): bigint {
  if (typeof text !== 'string' || !NCHEQ.test(text)) throw invalid(`must have ncheq as decimal text for ${network}`)
  return BigInt(text)
}

function invalid(reason: string): Error {
  return kitErrors.setting_invalid(`lowBalanceThresholds ${reason}`)
}
