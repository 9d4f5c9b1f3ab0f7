import { expect, it } from '@jest/globals'
import { ManualClock } from '@veramo-studio/plugin-kit'
import { rateLimitHeaders } from '../rate-limit-headers.js'

const overage = { allowed: false, price: null }
const usage = { meter: 'did.create', used: 3, held: 1, limit: 20, remaining: 16, overage }
const clock = new ManualClock(new Date('2030-01-01T00:00:00.500Z'))

it('says the quota, what is left, and the seconds until it is given anew', () => {
  expect(rateLimitHeaders({ ...usage, resetsAt: '2030-01-01T00:01:00.000Z' }, clock)).toEqual({
    'RateLimit-Policy': '"did.create";q=20',
    RateLimit: '"did.create";r=16;t=60',
  })
})

it('says no time where the limit is not given anew', () => {
  expect(rateLimitHeaders({ ...usage, resetsAt: null }, clock)['RateLimit']).toBe('"did.create";r=16')
})

it('never says a time that has passed', () => {
  const late = rateLimitHeaders({ ...usage, resetsAt: '2029-12-31T00:00:00.000Z' }, clock)
  expect(late['RateLimit']).toBe('"did.create";r=16;t=0')
})

it('says each limit of a meter that has several, and how long a period is that always has one length', () => {
  const limitOf = (per: 'day' | 'month', hard: boolean, resetsAt: string) => {
    return { per, hard, used: 1, held: 0, limit: 5, remaining: 4, resetsAt }
  }
  const limits = [
    limitOf('day', false, '2030-01-01T00:00:10.000Z'),
    limitOf('month', false, '2030-01-01T00:00:20.000Z'),
    limitOf('month', true, '2030-01-01T00:00:20.000Z'),
  ]
  expect(rateLimitHeaders({ ...usage, resetsAt: null, limits }, clock)).toEqual({
    'RateLimit-Policy': '"did.create/day";q=5;w=86400, "did.create";q=5, "did.create/month/max";q=5',
    RateLimit: '"did.create/day";r=4;t=10, "did.create";r=4;t=20, "did.create/month/max";r=4;t=20',
  })
})
