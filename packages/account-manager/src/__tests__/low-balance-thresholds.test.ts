import { describe, expect, it } from '@jest/globals'
import { parseThresholds, type LowBalanceThresholds } from '../low-balance-thresholds.js'

describe('the setting lowBalanceThresholds', () => {
  it('names one threshold of a network, several, or none', () => {
    expect(parseThresholds(undefined).size).toBe(0)
    expect([...parseThresholds({ mainnet: [] })]).toEqual([])
    const setting = { mainnet: ['5', '10', '5'], testnet: '9007199254740993' }
    expect([...parseThresholds(setting)]).toEqual([
      ['mainnet', [10n, 5n]],
      ['testnet', [9007199254740993n]],
    ])
  })

  it.each<[string, unknown]>([
    ['a number', { mainnet: 5 }],
    ['a fraction', { mainnet: '1.5' }],
    ['a negative amount', { mainnet: ['-1'] }],
    ['an empty text', { mainnet: '' }],
    ['another network', { devnet: '5' }],
    ['a list', ['5']],
    ['a text', '5'],
    ['too many', { mainnet: Array.from({ length: 11 }, (_unused, index) => String(index)) }],
  ])('refuses %s', (_what, setting) => {
    expect(() => parseThresholds(setting as LowBalanceThresholds)).toThrow(/^setting_invalid: lowBalanceThresholds /)
  })
})
