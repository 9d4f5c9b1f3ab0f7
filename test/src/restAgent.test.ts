import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { servedContext } from './agents/served.js'
import { suites } from './shared/index.js'

describeOnEachDatabase('the agent that veramo server serves', (fresh) => {
  for (const suite of suites) suite(servedContext(fresh))
})
