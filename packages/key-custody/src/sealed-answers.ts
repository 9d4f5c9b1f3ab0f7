import type { AnswerSeal, SealPlace } from '@veramo-studio/billing-manager'
import type { Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { KeyVault } from './key-vault.js'

export interface SealedAnswersOptions {
  /** That of the vault. */
  database: Database
  vault: KeyVault
}

/** Keeps the answers of metered calls under their customer's data key. */
export class SealedAnswers implements AnswerSeal {
  constructor(private readonly options: SealedAnswersOptions) {}

  async seal(manager: EntityManager, place: SealPlace, plaintext: string): Promise<string> {
    return this.options.vault.sealText(manager, place, plaintext)
  }

  async open(place: SealPlace, sealed: string): Promise<string> {
    return this.options.database.read((manager) => this.options.vault.openText(manager, place, sealed), {
      tenantId: place.tenantId,
    })
  }
}
