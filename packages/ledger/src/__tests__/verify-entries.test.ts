import { describe, expect, it } from '@jest/globals'
import { ChainKey } from '../chain-key.js'
import type { LedgerLeg } from '../index.js'
import { sealed } from '../transfer-codec.js'
import type { EntryRow, TransferRow } from '../typeorm/rows.js'
import { EntryVerifier, type EntryFault } from '../verify-entries.js'
import { CHAIN_KEY, CREDIT, leg, OUTSIDE, START } from './open-ledger.js'

/*
 * Journals that were written wrongly by someone who has the key: whole chains and true seals, so that nothing but the
 * books themselves can tell.
 */

const chainKey = new ChainKey(CHAIN_KEY)
const NOW = START.toISOString()

type Draft = Pick<EntryRow, 'transferId'> & Partial<EntryRow>

function chained(drafts: Draft[]): EntryRow[] {
  let previousHash = ''
  return drafts.map((draft, index) => {
    const row = {
      tenantId: 't1',
      seq: String(index + 1),
      legIndex: 0,
      kind: 'post' as const,
      fromCode: OUTSIDE,
      toCode: CREDIT,
      asset: 'unit:did.create',
      amount: '10',
      fromBalance: '-10',
      toBalance: '10',
      createdAt: NOW,
      previousHash,
      ...draft,
    }
    previousHash = chainKey.hashEntry(row)
    return { ...row, hash: previousHash }
  })
}

function transfer(transferId: string, startSeq: number, legs: LedgerLeg[]): TransferRow {
  return sealed(chainKey, {
    tenantId: 't1',
    transferId,
    kind: 'post',
    state: 'posted',
    legs: JSON.stringify(legs.map((each) => ({ ...each, amount: String(each.amount) }))),
    settledAmounts: null,
    metadata: '{}',
    digest: '',
    createdAt: NOW,
    expiresAt: null,
    endedAt: NOW,
    startSeq: String(startSeq),
    endSeq: null,
  })
}

function faults(rows: EntryRow[], transfers: TransferRow[]): (EntryFault | undefined)[] {
  const verifier = new EntryVerifier(chainKey)
  return rows.map((row) =>
    verifier.check(
      row,
      transfers.find((each) => each.transferId === row.transferId),
    ),
  )
}

const FUND = transfer('fund', 1, [leg(OUTSIDE, CREDIT, 10n)])

describe('the entries of a journal', () => {
  it('are right as the ledger writes them', () => {
    const spend = { transferId: 'p1', fromCode: CREDIT, toCode: 'revenue', fromBalance: '0', toBalance: '10' }
    const rows = chained([{ transferId: 'fund' }, spend])
    expect(faults(rows, [FUND, transfer('p1', 2, [leg(CREDIT, 'revenue', 10n)])])).toEqual([undefined, undefined])
  })

  it('may not take an account below nothing', () => {
    const spend = {
      transferId: 'p1',
      fromCode: CREDIT,
      toCode: 'revenue',
      amount: '11',
      fromBalance: '-1',
      toBalance: '11',
    }
    const rows = chained([{ transferId: 'fund' }, spend])
    const transfers = [FUND, transfer('p1', 2, [leg(CREDIT, 'revenue', 11n)])]
    expect(faults(rows, transfers)).toEqual([undefined, 'balance_negative'])
  })

  it.each(['fromBalance', 'toBalance'])('may not say another %s than they add up to', (column) => {
    const rows = chained([{ transferId: 'fund', [column]: '7' }])
    expect(faults(rows, [FUND])).toEqual(['entry_balance_wrong'])
  })

  it.each<Partial<EntryRow>>([
    { amount: '9' },
    { amount: '-10' },
    { amount: '0' },
    { kind: 'hold' },
    { legIndex: 1 },
    { fromCode: 'outside:chain' },
    { toCode: 'revenue' },
    { asset: 'other' },
    { createdAt: '2026-01-01T00:00:00.001Z' },
  ])('may not differ from what their transfer says, as with %j', (change) => {
    expect(faults(chained([{ transferId: 'fund', ...change }]), [FUND])).toEqual(['entry_not_of_transfer'])
  })

  it('may not name a transfer twice, or one that starts elsewhere', () => {
    const again = { transferId: 'fund', fromBalance: '-20', toBalance: '20' }
    expect(faults(chained([{ transferId: 'fund' }, again]), [FUND])).toEqual([undefined, 'entry_not_of_transfer'])
    const later = transfer('fund', 2, [leg(OUTSIDE, CREDIT, 10n)])
    expect(faults(chained([{ transferId: 'fund' }]), [later])).toEqual(['entry_not_of_transfer'])
  })

  it('may not stop in the middle of a transfer, or be mixed with those of another', () => {
    const both = transfer('fund', 1, [leg(OUTSIDE, CREDIT, 10n), leg(OUTSIDE, CREDIT, 10n)])
    const verifier = new EntryVerifier(chainKey)
    expect(verifier.check(chained([{ transferId: 'fund' }])[0]!, both)).toBeUndefined()
    expect(verifier.unfinished).toBe('fund')
    const rows = chained([{ transferId: 'fund' }, { transferId: 'p1' }])
    expect(faults(rows, [both, transfer('p1', 2, [leg(OUTSIDE, CREDIT, 10n)])])[1]).toBe('entry_not_of_transfer')
  })

  it('may not follow another entry than the one before', () => {
    const spend = { transferId: 'p1', previousHash: 'a'.repeat(64), fromBalance: '-20', toBalance: '20' }
    const rows = chained([{ transferId: 'fund' }, spend])
    expect(faults(rows, [FUND, transfer('p1', 2, [leg(OUTSIDE, CREDIT, 10n)])])[1]).toBe('entry_unchained')
  })

  it('are told apart however their texts are cut', () => {
    const one = chained([{ transferId: 'ab', fromCode: 'c' }])[0]
    const other = chained([{ transferId: 'a', fromCode: 'bc' }])[0]
    expect(one?.hash).not.toBe(other?.hash)
    const row = transfer('h', 1, [])
    const none = sealed(chainKey, { ...row, settledAmounts: null, expiresAt: '' })
    const swapped = sealed(chainKey, { ...row, settledAmounts: '', expiresAt: null })
    expect(none.seal).not.toBe(swapped.seal)
  })
})
