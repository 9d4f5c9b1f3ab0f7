import { expect, it } from '@jest/globals'
import { ManualClock } from '@veramo-studio/plugin-kit'
import { RetrySchedule } from '../retry-schedule.js'

it('tries again after ever longer times, up to the longest, and at once what it has forgotten', () => {
  const clock = new ManualClock(new Date('2030-01-01T00:00:00Z'))
  const schedule = new RetrySchedule({ clock, firstDelayMs: 1000, longestDelayMs: 5000 })
  expect(schedule.isDue('a')).toBe(true)
  for (const delayMs of [1000, 2000, 4000, 5000, 5000]) {
    schedule.postpone('a')
    clock.advanceMs(delayMs - 1)
    expect(schedule.isDue('a')).toBe(false)
    clock.advanceMs(1)
    expect(schedule.isDue('a')).toBe(true)
  }
  schedule.postpone('a')
  expect(schedule.isDue('b')).toBe(true)
  schedule.forget('a')
  expect(schedule.isDue('a')).toBe(true)
})

it('remembers no more than it may, and tries those at once that failed longest ago', () => {
  const clock = new ManualClock(new Date('2030-01-01T00:00:00Z'))
  const schedule = new RetrySchedule({ clock, firstDelayMs: 1000, longestDelayMs: 5000, maxEntries: 3 })
  for (const key of ['one', 'two', 'three', 'one', 'four']) schedule.postpone(key)
  expect(['one', 'two', 'three', 'four'].filter((key) => schedule.isDue(key))).toEqual(['two'])
  clock.advanceMs(1000)
  expect(['one', 'three', 'four'].filter((key) => schedule.isDue(key))).toEqual(['three', 'four'])
})
