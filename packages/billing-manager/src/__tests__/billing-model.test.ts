import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import fc from 'fast-check'
import { BillingModel, MODEL_METHODS, MODEL_PLANS, stepOf } from './billing-model.js'
import { NOW, openStudio, type Studio } from './studio.js'

const RUNS = process.env['SOAK'] === '1' ? 1000 : 12
const STEPS = 30

describeOnEachDatabase('whatever customers and operators do, billing', (fresh) => {
  let studio: Studio

  beforeAll(async () => {
    studio = await openStudio(await fresh(), { plans: MODEL_PLANS, methods: MODEL_METHODS, defaultPlan: 'two' })
  })

  afterAll(() => studio.close())

  it('loses, makes and gives away nothing, and decides as it shows', async () => {
    let taken = 0
    await fc.assert(
      fc.asyncProperty(fc.array(stepOf, { minLength: 5, maxLength: STEPS }), async (steps) => {
        studio.clock.set(NOW)
        const model = new BillingModel(studio)
        for (const step of steps) await model.take(step)
        taken += steps.length
      }),
      { numRuns: RUNS },
    )
    expect(taken).toBeGreaterThan(RUNS)
  }, 3_600_000)
})
