import { kitErrors, type Database } from '@veramo-studio/plugin-kit'

/** No control characters, which Postgres would not store, and no half of a surrogate pair. */
const CUSTOMER_ID = /^[^\p{Cc}\p{Cs}]{1,200}$/u

/** Whose keys a call is about: the caller's own, or those of the customer that an operator names. */
export function ownerOf(database: Database, named: string | undefined): string {
  const customerId = database.customerId(named)
  if (!CUSTOMER_ID.test(customerId)) throw kitErrors.invalid_argument('customerId is not one that can exist')
  return customerId
}

/** As {@link ownerOf}; `undefined`, any customer's, where an operator who is in no tenant names none. */
export function ownerWhereNamed(database: Database, named: string | undefined): string | undefined {
  if (named === undefined && database.scope()?.kind !== 'tenant') return undefined
  return ownerOf(database, named)
}
