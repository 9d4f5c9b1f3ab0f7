/** Whose budget a key draws on in billing. */
export interface ApiKeyBudgetKey {
  keyId: string
  /**
   * Itself; or the first key of its rotation; or the key that made it, where that had a budget. Never changes, and may be
   * gone.
   */
  budgetKeyId: string
}
