import { describe, expect, it } from '@jest/globals'
import { ManualClock, systemClock } from '../index.js'

describe('a manual clock', () => {
  it('stands still until it is told to move', () => {
    const clock = new ManualClock(new Date('2026-01-31T00:00:00.000Z'))
    expect(clock.now()).toEqual(clock.now())
    clock.advanceMs(1500)
    expect(clock.now().toISOString()).toBe('2026-01-31T00:00:01.500Z')
    clock.set(new Date('2025-12-01T00:00:00.000Z'))
    expect(clock.now().toISOString()).toBe('2025-12-01T00:00:00.000Z')
  })

  it('is not moved by changing an instant that it gave or was given', () => {
    const instant = new Date(0)
    const clock = new ManualClock(new Date(5))
    clock.set(instant)
    instant.setTime(7)
    clock.now().setTime(9)
    expect(clock.now().getTime()).toBe(0)
  })
})

describe('the clock of the system', () => {
  it('tells the time', () => {
    const before = Date.now()
    const now = systemClock.now().getTime()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })
})
