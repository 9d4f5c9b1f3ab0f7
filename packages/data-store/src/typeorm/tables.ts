import type { Entity, Migration } from '@veramo-studio/plugin-kit'
import { ClaimRow } from './claim-row.js'
import { CredentialRow } from './credential-row.js'
import { DidRow } from './did-row.js'
import { KeyRow } from './key-row.js'
import { MessageCredentialRow, MessagePresentationRow, MessageRow } from './message-row.js'
import { CreateDataStore } from './migrations/1763600000004-create-data-store.js'
import { AddMessages } from './migrations/1763600000014-add-messages.js'
import { FindRecipients } from './migrations/1763600000024-find-recipients.js'
import { DateIssuers } from './migrations/1763600000034-date-issuers.js'
import { PresentationRow, PresentationVerifierRow } from './presentation-row.js'
import { PrivateKeyRow } from './private-key-row.js'
import { ServiceRow } from './service-row.js'

/** The tables of this package, for `openDatabase`. */
export const Entities: Entity[] = [
  DidRow,
  KeyRow,
  ServiceRow,
  CredentialRow,
  ClaimRow,
  PresentationRow,
  PresentationVerifierRow,
  MessageRow,
  MessageCredentialRow,
  MessagePresentationRow,
  PrivateKeyRow,
]

/** What makes them, for `openDatabase`. */
export const migrations: Migration[] = [CreateDataStore, AddMessages, FindRecipients, DateIssuers]
