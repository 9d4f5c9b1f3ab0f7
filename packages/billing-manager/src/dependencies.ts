import type { Ledger } from '@veramo-studio/ledger'
import type { Clock, Database } from '@veramo-studio/plugin-kit'
import type { Announcer } from './announce-events.js'
import type { AnswerSeal } from './answer-seal.js'
import type { CustomerGate } from './customer-gate.js'
import type { EffectSource } from './effect-source.js'
import type { MethodRule } from './method-rule.js'
import type { PlanCatalogue } from './plan-catalogue.js'

/** What each method of the plugin works with. */
export interface BillingDependencies {
  database: Database
  ledger: Ledger
  clock: Clock
  methods: ReadonlyMap<string, MethodRule>
  plans: PlanCatalogue
  /** The plan of customers that have no account. */
  defaultPlanId: string
  /** Tell what calls have stored. */
  effects: readonly EffectSource[]
  /** Absent: any customer may be put on a plan. */
  customers?: CustomerGate | undefined
  /** Tells the agent's plugins what has happened. */
  announcer: Announcer
  /** Absent: answers are not kept. */
  answers?: AnswerSeal | undefined
}
