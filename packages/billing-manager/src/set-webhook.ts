import { isIP } from 'node:net'
import { isPublicAddress, kitErrors, randomString } from '@veramo-studio/plugin-kit'
import { EVENT_TYPES } from './billing-event.js'
import { assertLine } from './check-text.js'
import type { BillingDependencies } from './dependencies.js'
import { customerOf } from './find-customer.js'
import { makeWebhookSecret } from './sign-webhook.js'
import { deleteWebhook, readWebhook, upsertWebhook, type WebhookRow } from './typeorm/webhook-store.js'
import type {
  BillingManagerDeleteWebhookArgs,
  BillingManagerGetWebhookArgs,
  BillingManagerSetWebhookArgs,
  BillingManagerSetWebhookResult,
  BillingWebhook,
  WebhookDeletion,
} from './types/IBillingControls.js'

const MAX_URL_LENGTH = 2048
const ID_LENGTH = 24

/** What is pending is sent to the new address, with the new secret. */
export async function setWebhook(
  { database, answers, clock }: BillingDependencies,
  args: BillingManagerSetWebhookArgs,
): Promise<BillingManagerSetWebhookResult> {
  const tenantId = customerOf(database, args.customerId)
  if (answers === undefined) throw kitErrors.setting_invalid('webhooks need `answers`, which seals their secrets')
  const url = checkedUrl(args.url)
  // In the order in which they are always shown, and each once.
  const events = EVENT_TYPES.filter((type) => args.events === undefined || args.events.includes(type))
  if (events.length === 0) throw kitErrors.invalid_argument('events must name at least one')
  const secret = makeWebhookSecret()
  const row = { tenantId, webhookId: randomString(ID_LENGTH), url, events, createdAt: clock.now().toISOString() }
  await database.write(
    async (manager) => {
      const sealedSecret = await answers.seal(manager, secretPlace(row), secret)
      await upsertWebhook(manager, { ...row, sealedSecret })
    },
    { tenantId },
  )
  return { webhook: toWebhook({ ...row, disabledAt: null }), secret }
}

export async function getWebhook(
  { database }: BillingDependencies,
  { customerId }: BillingManagerGetWebhookArgs,
): Promise<BillingWebhook> {
  const tenantId = customerOf(database, customerId)
  const row = await database.read((manager) => readWebhook(manager, tenantId), { tenantId })
  if (row === undefined) throw kitErrors.not_found('no webhook is set')
  return toWebhook(row)
}

export async function removeWebhook(
  { database }: BillingDependencies,
  { customerId }: BillingManagerDeleteWebhookArgs,
): Promise<WebhookDeletion> {
  const tenantId = customerOf(database, customerId)
  return { deleted: await database.write((manager) => deleteWebhook(manager, tenantId), { tenantId }) }
}

/** What the secret of a webhook is sealed for. */
export function secretPlace({ tenantId, webhookId }: Pick<WebhookRow, 'tenantId' | 'webhookId'>) {
  return { tenantId, context: JSON.stringify(['webhook-secret', webhookId]) }
}

/** What can be told without asking anybody; the guard looks at the rest each time that something is sent. */
function checkedUrl(text: string): string {
  assertLine('url', text, MAX_URL_LENGTH)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw kitErrors.invalid_argument('url must be an address such as https://example.com/hook')
  if (url.protocol !== 'https:') throw kitErrors.fetch_refused('only https addresses are sent to')
  if (url.username !== '' || url.password !== '') throw kitErrors.fetch_refused('an address must not carry credentials')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isPrivate = isIP(host) === 0 ? /^localhost\.?$|\.localhost\.?$/i.test(host) : !isPublicAddress(host)
  if (isPrivate) throw kitErrors.fetch_refused('not a public address')
  return url.href
}

function toWebhook({ tenantId, url, events, createdAt, disabledAt }: Omit<WebhookRow, 'sealedSecret'>): BillingWebhook {
  return { customerId: tenantId, url, events, status: disabledAt === null ? 'enabled' : 'disabled', createdAt }
}
