import { expect, it } from '@jest/globals'
import { ManualClock } from '@veramo-studio/plugin-kit'
import { MessageAdmission, type AdmissionLimits } from '../message-admission.js'

const clock = new ManualClock(new Date('2026-01-01T00:00:00.000Z'))
const open = (limits: AdmissionLimits) => new MessageAdmission(limits, clock)
const customer = (name: string) => ({ name, anonymous: false })
const stranger = (name: string) => ({ name, anonymous: true })

/** Work that goes on until it is told to end. */
function held(admission: MessageAdmission, name: string) {
  let release: () => void = () => undefined
  const ended = admission.run(customer(name), () => new Promise<void>((resolve) => (release = resolve)))
  return { release: () => release(), ended }
}

it('lets so many in at once, so many of one origin, and others when they have gone', async () => {
  const admission = open({ maxConcurrent: 3, maxConcurrentOfOne: 2 })
  const work = async () => 'done'
  const [first, second] = [held(admission, 'a'), held(admission, 'a')]
  await expect(admission.run(customer('a'), work)).rejects.toMatchObject({
    code: 'messaging_busy',
    status: 503,
    retryable: true,
  })
  const third = held(admission, 'b')
  await expect(admission.run(customer('c'), work)).rejects.toMatchObject({ code: 'messaging_busy' })
  first.release()
  await first.ended
  expect(await admission.run(customer('a'), work)).toBe('done')
  for (const each of [second, third]) each.release()
  await Promise.all([second.ended, third.ended])
  for (const origin of ['a', 'a', 'b', 'c']) expect(await admission.run(customer(origin), work)).toBe('done')
})

it('gives the place back where the work fails', async () => {
  const admission = open({ maxConcurrent: 1 })
  for (let count = 0; count < 3; count += 1) {
    await expect(
      admission.run(customer('a'), async () => {
        throw new Error('failed')
      }),
    ).rejects.toThrow('failed')
  }
})

it('takes so many a second of a stranger, steadily, after a hundred at once, and of a customer any number', async () => {
  const admission = open({ maxPerSecondOfOne: 10 })
  const taken = async (origin: { name: string; anonymous: boolean }, tries: number) => {
    let count = 0
    for (let index = 0; index < tries; index += 1) {
      await admission.run(origin, async () => (count += 1)).catch(() => undefined)
    }
    return count
  }
  expect(await taken(stranger('a'), 150)).toBe(100)
  expect([await taken(stranger('b'), 50), await taken(customer('c'), 150)]).toEqual([50, 150])
  for (let second = 0; second < 3; second += 1) {
    clock.advanceMs(1000)
    expect(await taken(stranger('a'), 50)).toBe(10)
  }
  clock.advanceMs(60_000)
  expect(await taken(stranger('a'), 150)).toBe(100)
})

it('remembers so many origins', async () => {
  const admission = open({ maxPerSecondOfOne: 1 })
  const work = async () => 'done'
  for (let index = 0; index < 100; index += 1) await admission.run(stranger('first'), work)
  for (let index = 0; index < 9_999; index += 1) await admission.run(stranger(`other${index}`), work)
  await expect(admission.run(stranger('first'), work)).rejects.toMatchObject({ code: 'messaging_busy' })
  await admission.run(stranger('one more'), work)
  expect(await admission.run(stranger('first'), work)).toBe('done')
})
