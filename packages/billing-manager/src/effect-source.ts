import type { EntityManager } from 'typeorm'
import type { MadeThing } from './types/IBillingManager.js'

/** Tells what a call has stored. Each store whose rows carry the id of their call is one. */
export interface EffectSource {
  /** Reads in the write that resolves the call. */
  find(manager: EntityManager, call: { tenantId: string; callId: string }): Promise<MadeThing[]>
}
