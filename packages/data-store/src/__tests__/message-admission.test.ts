import { expect, it } from '@jest/globals'
import { MessageAdmission } from '../message-admission.js'

/** Work that goes on until it is told to end. */
function held(admission: MessageAdmission, origin: string) {
  let release: () => void = () => undefined
  const ended = admission.run(origin, () => new Promise<void>((resolve) => (release = resolve)))
  return { release: () => release(), ended }
}

it('lets so many in at once, so many of one origin, and others when they have gone', async () => {
  const admission = new MessageAdmission({ maxConcurrent: 3, maxConcurrentOfOne: 2 })
  const work = async () => 'done'
  const [first, second] = [held(admission, 'a'), held(admission, 'a')]
  await expect(admission.run('a', work)).rejects.toMatchObject({ code: 'messaging_busy', status: 503, retryable: true })
  const third = held(admission, 'b')
  await expect(admission.run('c', work)).rejects.toMatchObject({ code: 'messaging_busy' })
  first.release()
  await first.ended
  expect(await admission.run('a', work)).toBe('done')
  for (const each of [second, third]) each.release()
  await Promise.all([second.ended, third.ended])
  for (const origin of ['a', 'a', 'b', 'c']) expect(await admission.run(origin, work)).toBe('done')
})

it('gives the place back where the work fails', async () => {
  const admission = new MessageAdmission({ maxConcurrent: 1 })
  for (let count = 0; count < 3; count += 1) {
    await expect(
      admission.run('a', async () => {
        throw new Error('failed')
      }),
    ).rejects.toThrow('failed')
  }
})
