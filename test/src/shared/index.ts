import type { SuiteContext } from '../agents/suite-context.js'
import { accounts } from './accounts.js'
import { apiKeyBounds } from './api-key-bounds.js'
import { apiKeys } from './api-keys.js'
import { apiKeysReadme } from './api-keys-readme.js'
import { billing } from './billing.js'
import { billingControls } from './billing-controls.js'
import { credentials } from './credentials.js'
import { didMethods } from './did-methods.js'
import { disclosure } from './disclosure.js'
import { identifiers } from './identifiers.js'
import { importedKeys } from './imported-keys.js'
import { messages } from './messages.js'
import { messaging } from './messaging.js'
import { operators } from './operators.js'

export const suites: ((context: SuiteContext) => void)[] = [
  accounts,
  apiKeys,
  apiKeyBounds,
  apiKeysReadme,
  importedKeys,
  identifiers,
  didMethods,
  credentials,
  messages,
  messaging,
  disclosure,
  operators,
  billing,
  billingControls,
]
