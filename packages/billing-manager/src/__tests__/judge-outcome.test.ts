import { describe, expect, it } from '@jest/globals'
import type { TransactionOutcome } from '../index.js'
import { judgeOutcome } from '../judge-outcome.js'

const settled: TransactionOutcome = { outcome: 'settled', made: [{ kind: 'did', id: 'did:cheqd:1' }] }
const failed: TransactionOutcome = { outcome: 'voided', reason: 'failed' }
const replaced: TransactionOutcome = { outcome: 'voided', reason: 'sequence_used' }
const unknown: TransactionOutcome = { outcome: 'unknown', reason: 'not found yet' }

describe('the transactions of a call', () => {
  it.each<[string, TransactionOutcome[][], string]>([
    ['one that was executed', [[settled]], 'settled'],
    ['one that failed', [[failed]], 'voided'],
    ['one of which nothing is known', [[unknown]], 'unknown'],
    ['one that was executed after one that never will be', [[replaced], [settled]], 'settled'],
    ['one that was executed beside one of which nothing is known', [[unknown], [settled]], 'settled'],
    ['two that never will be', [[replaced], [failed]], 'voided'],
    ['one that never will be beside one of which nothing is known', [[failed], [unknown]], 'unknown'],
    ['one that one node knows and another does not', [[unknown, settled]], 'settled'],
    ['one of which two nodes say the opposite', [[settled, failed]], 'unknown'],
    ['one that contradicts itself, beside one that was executed', [[failed, settled], [settled]], 'unknown'],
    ['two nodes that agree', [[failed, replaced]], 'voided'],
    ['one that nobody was asked about', [[]], 'unknown'],
    ['none at all', [], 'unknown'],
  ])('%s', (_name, answers, verdict) => {
    expect(judgeOutcome(answers).verdict).toBe(verdict)
  })

  it('have their fates told in their order, and why nothing is certain', () => {
    expect(judgeOutcome([[unknown], [settled], [replaced]])).toEqual({
      verdict: 'settled',
      fates: [null, settled, replaced],
    })
    expect(judgeOutcome([[unknown]])).toEqual({ verdict: 'unknown', reason: 'not found yet' })
    expect(judgeOutcome([[settled, failed]])).toMatchObject({ reason: expect.stringContaining('contradicts') })
  })
})
