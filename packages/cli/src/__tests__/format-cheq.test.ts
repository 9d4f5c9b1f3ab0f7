import { describe, expect, it } from '@jest/globals'
import { formatCheq } from '../format-cheq.js'

describe('an amount in CHEQ', () => {
  it.each([
    ['0', '0.000000000'],
    ['1', '0.000000001'],
    ['999999999', '0.999999999'],
    ['1000000000', '1.000000000'],
    ['50000000001', '50.000000001'],
    [String(2n ** 53n + 1n), '9007199.254740993'],
    [String(2n ** 63n - 1n), '9223372036.854775807'],
  ])('of %s ncheq is %s, exact to the last digit', (ncheq, cheq) => {
    expect(formatCheq(ncheq)).toBe(cheq)
  })
})
