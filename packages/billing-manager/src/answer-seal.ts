import type { EntityManager } from 'typeorm'

/** What a sealed answer belongs to: with another place it does not open. */
export interface SealPlace {
  tenantId: string
  /** Names the row that keeps it. */
  context: string
}

/** Keeps recorded answers so that only their customer's data key opens them. */
export interface AnswerSeal {
  /** Runs in the write that settles the call. */
  seal(manager: EntityManager, place: SealPlace, plaintext: string): Promise<string>
  open(place: SealPlace, sealed: string): Promise<string>
}
