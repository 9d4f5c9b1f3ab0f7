import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { accountsPlugin, newCustomer, openStudio, usageOf } from './studio.js'

const METER = 'did.create'
const CREATED_AT = '2030-01-31T10:00:00.000Z'

describeOnEachDatabase('a period that units go over to', (fresh) => {
  it('takes them from the last one alone, and leaves that as it was', async () => {
    const customerId = newCustomer()
    const studio = await openStudio(await fresh(), {
      plans: [{ plan: 'build', limits: { [METER]: { month: { limit: 3, rollover: 4 } } } }],
      methods: { create: { effect: 'pure', meter: METER } },
      plugins: [accountsPlugin({ [customerId]: { plan: 'build', createdAt: CREATED_AT } })],
    })
    const useAt = async (now: string, count: number) => {
      studio.clock.set(new Date(now))
      for (let done = 0; done < count; done += 1) {
        const reservationId = await studio.start(customerId, 'create')
        await studio.billing.settle({ customerId, reservationId })
      }
      return usageOf(studio, customerId, METER)
    }
    await useAt('2030-01-31T10:00:00.000Z', 1)
    await useAt('2030-02-28T10:00:00.000Z', 5)
    expect(await useAt('2030-03-31T10:00:00.000Z', 0)).toMatchObject({ limit: 3, used: 0, remaining: 3 })
    expect(await useAt('2030-03-31T10:00:00.000Z', 2)).toMatchObject({ limit: 3, used: 2, remaining: 1 })
    // As a process sees them whose clock is behind.
    expect(await useAt('2030-03-31T09:59:59.999Z', 0)).toMatchObject({ limit: 5, used: 5, remaining: 0 })
    expect(await useAt('2030-02-28T09:59:59.999Z', 0)).toMatchObject({ limit: 3, used: 1, remaining: 0 })
    expect(await studio.agent.billingManagerVerifyBooks({ customerId })).toMatchObject({ valid: true })
    await studio.close()
  })
})
