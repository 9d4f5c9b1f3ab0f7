import { describe, expect, it } from '@jest/globals'
import { toIsoDate } from '../iso-date.js'

describe('a date in a credential or a query', () => {
  it.each([
    ['2020-06-16T11:06:51.680Z', '2020-06-16T11:06:51.680Z'],
    ['2020-06-16 11:06:51.680', '2020-06-16T11:06:51.680Z'],
    ['2020-06-16T11:06:51', '2020-06-16T11:06:51.000Z'],
    ['2020-06-16T11:06', '2020-06-16T11:06:00.000Z'],
    ['2020-06-16', '2020-06-16T00:00:00.000Z'],
    ['2020-06-16T11:06:51+02:00', '2020-06-16T09:06:51.000Z'],
    ['2020-06-16t11:06:51.6804321z', '2020-06-16T11:06:51.680Z'],
  ])('%s is the instant %s', (text, instant) => {
    expect(toIsoDate(text)).toBe(instant)
  })

  it.each(['', 'no date', '2020', '2020-13-01', '2020-06-16T25:00', 'test 5', '2020-06-16%'])(
    '“%s” is none',
    (text) => {
      expect(toIsoDate(text)).toBeUndefined()
    },
  )
})
