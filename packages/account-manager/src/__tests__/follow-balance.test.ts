import { describe, expect, it } from '@jest/globals'
import type { EntryKind, LedgerEntry } from '@veramo-studio/ledger'
import { followBalance } from '../follow-balance.js'

const options = { purses: ['credit:mainnet', 'deposit:mainnet'], thresholds: [50n, 10n] }

let seq = 0
const entry = (kind: EntryKind, [fromCode, toCode]: [string, string], amount: bigint): LedgerEntry => ({
  ...{ tenantId: 't', seq: (seq += 1), transferId: 'x', legIndex: 0, kind, fromCode, toCode, asset: 'mainnet:ncheq' },
  ...{ amount, fromBalance: 0n, toBalance: 0n, createdAt: `${seq}`, previousHash: '', hash: '' },
})
const gift = (amount: bigint) => entry('post', ['outside:operator', 'credit:mainnet'], amount)
const hold = (amount: bigint) => entry('hold', ['deposit:mainnet', 'held'], amount)
const settle = (amount: bigint) => entry('settle', ['held', 'revenue'], amount)
const giveBack = (amount: bigint) => entry('return', ['held', 'deposit:mainnet'], amount)
const spend = (amount: bigint) => [hold(amount), settle(amount)]

const crossed = (...entries: LedgerEntry[]) => {
  seq = 0
  const numbered = entries.map((each, index) => ({ ...each, seq: index + 1, createdAt: String(index + 1) }))
  const start = { seq: 0, available: 0n, settled: 0n }
  const { balance, crossings } = followBalance(start, numbered, options)
  // In two parts it is the same, wherever it is cut.
  for (let cut = 0; cut <= numbered.length; cut += 1) {
    const first = followBalance(start, numbered.slice(0, cut), options)
    const second = followBalance(first.balance, numbered.slice(cut), options)
    expect([...first.crossings, ...second.crossings]).toEqual(crossings)
    expect(second.balance).toEqual(balance)
  }
  return crossings.map(({ threshold, available, seq: at }) => [Number(threshold), Number(available), at])
}

describe('following a balance', () => {
  it('tells nothing of one that never was above a threshold', () => {
    expect(crossed()).toEqual([])
    expect(crossed(gift(10n))).toEqual([])
    expect(crossed(gift(5n), ...spend(5n))).toEqual([])
  })

  it('tells once when it falls to a threshold, or below, and not again while it is there', () => {
    expect(crossed(gift(100n), ...spend(49n))).toEqual([])
    expect(crossed(gift(100n), ...spend(50n))).toEqual([[50, 50, 3]])
    expect(crossed(gift(100n), ...spend(60n), ...spend(5n))).toEqual([[50, 40, 3]])
    expect(crossed(gift(100n), ...spend(60n), gift(10n), ...spend(5n))).toEqual([[50, 40, 3]])
  })

  it('tells of each threshold that is reached', () => {
    expect(crossed(gift(100n), ...spend(100n))).toEqual([
      [50, 0, 3],
      [10, 0, 3],
    ])
    expect(crossed(gift(100n), ...spend(60n), ...spend(30n))).toEqual([
      [50, 40, 3],
      [10, 10, 5],
    ])
  })

  it('tells again once it has risen above', () => {
    expect(crossed(gift(100n), ...spend(60n), gift(11n), ...spend(1n))).toEqual([
      [50, 40, 3],
      [50, 50, 6],
    ])
  })

  it('takes what a call has set aside for gone only when it is paid', () => {
    expect(crossed(gift(100n), hold(90n), giveBack(90n))).toEqual([])
    expect(crossed(gift(100n), hold(90n), settle(20n), giveBack(70n))).toEqual([
      [50, 10, 3],
      [10, 10, 3],
    ])
  })

  it('counts what leaves otherwise too, and not what others move', () => {
    expect(crossed(gift(100n), entry('post', ['credit:mainnet', 'outside:correction'], 60n))).toEqual([[50, 40, 2]])
    expect(crossed(gift(100n), hold(90n), entry('post', ['revenue', 'network-fee'], 1n))).toEqual([])
  })
})
