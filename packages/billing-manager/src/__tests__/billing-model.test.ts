import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import fc from 'fast-check'
import { BillingModel, MODEL_METHODS, MODEL_PLANS, stepOf } from './billing-model.js'
import { NOW, openStudio, type Studio } from './studio.js'

const RUNS = process.env['SOAK'] === '1' ? 1000 : 12
const STEPS = 30

describeOnEachDatabase('whatever customers and operators do, billing', (fresh) => {
  let togetherStudio: Studio
  let aloneStudio: Studio

  beforeAll(async () => {
    const options = { plans: MODEL_PLANS, methods: MODEL_METHODS, defaultPlan: 'two' }
    togetherStudio = await openStudio(await fresh(), options)
    aloneStudio = await openStudio(await fresh(), { ...options, alone: true })
  })

  afterAll(async () => {
    await togetherStudio.close()
    await aloneStudio.close()
  })

  it.each([
    ['wait together', false],
    ['are each decided alone', true],
  ])(
    'loses, makes and gives away nothing, and decides as it shows, where calls %s',
    async (_how, alone) => {
      const studio = alone ? aloneStudio : togetherStudio
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
    },
    3_600_000,
  )
})
