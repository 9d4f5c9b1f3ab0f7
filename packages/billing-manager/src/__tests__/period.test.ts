import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { periodAt } from '../period.js'

function monthAt(anchorAt: string, now: string): [string, string] {
  const { start, end } = periodAt({ anchorAt, trialDays: null, now: new Date(now) })
  return [start.slice(0, 10), end.slice(0, 10)]
}

describe('periodAt', () => {
  it.each([
    ['2030-01-31T10:00:00.000Z', '2030-02-15T00:00:00Z', ['2030-01-31', '2030-02-28']],
    ['2030-01-31T10:00:00.000Z', '2030-03-15T00:00:00Z', ['2030-02-28', '2030-03-31']],
    ['2030-01-31T10:00:00.000Z', '2030-04-15T00:00:00Z', ['2030-03-31', '2030-04-30']],
    ['2030-01-31T10:00:00.000Z', '2032-02-29T10:00:00Z', ['2032-02-29', '2032-03-31']],
    ['2030-01-30T10:00:00.000Z', '2031-02-28T10:00:00Z', ['2031-02-28', '2031-03-30']],
    ['2028-02-29T10:00:00.000Z', '2029-03-01T00:00:00Z', ['2029-02-28', '2029-03-29']],
    ['2028-02-29T10:00:00.000Z', '2032-02-29T09:59:59Z', ['2032-01-29', '2032-02-29']],
    ['2030-12-15T00:00:00.000Z', '2031-01-01T00:00:00Z', ['2030-12-15', '2031-01-15']],
    ['2030-01-29T00:00:00.000Z', '2030-03-01T00:00:00Z', ['2030-02-28', '2030-03-29']],
  ])('counts months from the anchor %s itself: %s', (anchorAt, now, expected) => {
    expect(monthAt(anchorAt, now)).toEqual(expected)
  })

  it('keeps the time of day, and begins a period at its very first instant', () => {
    const anchorAt = '2030-01-31T10:20:30.456Z'
    const before = periodAt({ anchorAt, trialDays: null, now: new Date('2030-02-28T10:20:30.455Z') })
    expect(before).toEqual({
      ...{ start: anchorAt, end: '2030-02-28T10:20:30.456Z', resetsAt: '2030-02-28T10:20:30.456Z' },
      givesUnits: true,
    })
    const after = periodAt({ anchorAt, trialDays: null, now: new Date('2030-02-28T10:20:30.456Z') })
    expect(after.start).toBe('2030-02-28T10:20:30.456Z')
  })

  it('stays in the first period where the clock is set back before the anchor', () => {
    expect(monthAt('2030-05-10T00:00:00.000Z', '2029-11-01T00:00:00Z')).toEqual(['2030-05-10', '2030-06-10'])
  })

  it('gives a trial one period, and no units once it is over', () => {
    const trial = { anchorAt: '2030-01-31T10:00:00.000Z', trialDays: 30 }
    const period = { start: '2030-01-31T10:00:00.000Z', end: '2030-03-02T10:00:00.000Z', resetsAt: null }
    const during = periodAt({ ...trial, now: new Date('2030-03-02T09:59:59.999Z') })
    expect(during).toEqual({ ...period, givesUnits: true })
    const over = periodAt({ ...trial, now: new Date('2030-03-02T10:00:00.000Z') })
    expect(over).toEqual({ ...period, givesUnits: false })
  })

  it('has each instant in one period, and no gap or overlap between periods', () => {
    const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(instant, instant, (anchor, now) => {
        const anchorAt = anchor.toISOString()
        const { start, end } = periodAt({ anchorAt, trialDays: null, now })
        const isWithin = (now < anchor ? start === anchorAt : new Date(start) <= now) && now < new Date(end)
        expect(isWithin).toBe(true)
        const next = periodAt({ anchorAt, trialDays: null, now: new Date(end) })
        expect(next.start).toBe(end)
        const last = periodAt({ anchorAt, trialDays: null, now: new Date(new Date(end).getTime() - 1) })
        expect(last.start).toBe(start)
      }),
    )
  })
})
