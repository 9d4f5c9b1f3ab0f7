import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { embeddedContext } from './agents/embedded.js'
import { suites } from './shared/index.js'

describeOnEachDatabase('the embedded agent', (fresh) => {
  for (const suite of suites) suite(embeddedContext(fresh))
})
