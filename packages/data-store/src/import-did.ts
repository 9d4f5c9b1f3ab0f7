import {
  changeRows,
  currentCallId,
  isUniqueViolation,
  kitErrors,
  type Clock,
  type Database,
  type StudioError,
} from '@veramo-studio/plugin-kit'
import type { IIdentifier, IService } from '@veramo/core-types'
import type { EntityManager } from 'typeorm'
import { takeCreationMark } from './did-creation.js'
import { formatEndpoint } from './identifier.js'
import { storableName, storableText } from './storable-text.js'
import { nextPositionIn } from './typeorm/row-position.js'
import { ServiceRow } from './typeorm/service-row.js'

/** Reading an identifier takes the product of both. */
const MAX_KEYS = 250
const MAX_SERVICES = 100

/** Each creation of an identifier does these: building the queries would take longer than running them. */
const PUT_DID =
  'INSERT INTO "studio_did" ("tenantId", "did", "position", "provider", "alias", "controllerKeyId", "createdAt",' +
  ` "updatedAt", "callId") VALUES (?, ?, ${nextPositionIn('studio_did')}, ?, ?, ?, ?, ?, ?)` +
  ' ON CONFLICT ("tenantId", "did") DO UPDATE SET "provider" = COALESCE(EXCLUDED."provider", "studio_did"."provider"),' +
  ' "alias" = COALESCE(EXCLUDED."alias", "studio_did"."alias"),' +
  ' "controllerKeyId" = COALESCE(EXCLUDED."controllerKeyId", "studio_did"."controllerKeyId"),' +
  ' "updatedAt" = EXCLUDED."updatedAt", "callId" = EXCLUDED."callId"'
/** A DID that is only known, from what is stored, has no provider, and becomes a managed one. */
const PUT_NEW_DID = `${PUT_DID} WHERE "studio_did"."provider" IS NULL`
const UNLINK_KEYS = 'UPDATE "studio_key" SET "did" = NULL WHERE "tenantId" = ? AND "did" = ?'
const LINK_KEYS = 'UPDATE "studio_key" SET "did" = ? WHERE "tenantId" = ?'
const DELETE_SERVICES = 'DELETE FROM "studio_service" WHERE "tenantId" = ? AND "did" = ?'

interface DidImport {
  tenantId: string
  did: string
  /** ISO 8601, UTC. */
  now: string
  /** What is undefined stays as it is. */
  changes: { provider?: string; alias?: string; controllerKeyId?: string }
  kids: string[]
  services: DidService[]
  /** It has just been made, and must not be there yet. */
  isNew: boolean
}

/** A service as it is stored. An undefined description stays as it is. */
type DidService = Pick<ServiceRow, 'id' | 'type' | 'serviceEndpoint'> & { description?: string | null }

/**
 * Stores an identifier, or changes the one that is there: its keys and services become those that are given, and a
 * provider, alias or controller key that is left out stays. Keys are linked, and not stored: they are in the key store
 * before. Rejects with `conflict` where another identifier of the provider has the alias, or where one that is marked as
 * new is there: of two creations at once, by whatever processes, the first to be stored is the one.
 */
export async function importDid(
  { database, clock }: { database: Database; clock: Clock },
  identifier: IIdentifier,
): Promise<boolean> {
  const tenantId = database.tenantId()
  const isNew = takeCreationMark(identifier)
  const given = { tenantId, now: clock.now().toISOString(), isNew, ...checked(identifier) }
  try {
    const put = async (manager: EntityManager): Promise<void> => {
      await putDid(manager, given)
      await replaceKeys(manager, given)
      await replaceServices(manager, given)
    }
    await database.write(put, { durability: 'call' })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw kitErrors.conflict(`Identifier with alias: ${identifier.alias} already exists`, { cause: error })
  }
  return true
}

export function alreadyExists(did: string): StudioError {
  return kitErrors.conflict(`Identifier with did: ${did} already exists`)
}

function checked(identifier: IIdentifier): Pick<DidImport, 'did' | 'changes' | 'kids' | 'services'> {
  const { did, provider, alias, controllerKeyId, keys, services } = identifier
  if (!isListOf(keys, MAX_KEYS) || !isListOf(services, MAX_SERVICES)) {
    throw kitErrors.invalid_argument(`keys and services must be lists, of at most ${MAX_KEYS} and ${MAX_SERVICES}`)
  }
  const changes = Object.entries({ provider, alias, controllerKeyId })
    .filter(([, value]) => value)
    .map(([member, value]) => [member, storableName(member, value)])
  return {
    did: storableName('did', did),
    changes: Object.fromEntries(changes) as DidImport['changes'],
    kids: keys.map(({ kid }) => storableName('kid', kid)),
    services: services.map(checkedService),
  }
}

function isListOf(value: unknown, maxLength: number): boolean {
  return Array.isArray(value) && value.length <= maxLength
}

function checkedService({ id, type, serviceEndpoint, description }: IService): DidService {
  if (typeof serviceEndpoint !== 'string' && (typeof serviceEndpoint !== 'object' || serviceEndpoint === null)) {
    throw kitErrors.invalid_argument('serviceEndpoint must be a string, an object or a list')
  }
  return {
    id: storableName('service id', id),
    type: storableName('service type', type),
    serviceEndpoint: storableText('serviceEndpoint', formatEndpoint(serviceEndpoint)),
    description: description && storableText('description', description),
  }
}

async function putDid(manager: EntityManager, { tenantId, did, now, changes, isNew }: DidImport): Promise<void> {
  const { provider = null, alias = null, controllerKeyId = null } = changes
  const values = [tenantId, did, tenantId, provider, alias, controllerKeyId, now, now, currentCallId()]
  const changed = await changeRows(manager, isNew ? PUT_NEW_DID : PUT_DID, values)
  if (changed === 0) throw alreadyExists(did)
}

/** The identifier's keys are those that are given, and no others. */
async function replaceKeys(manager: EntityManager, { tenantId, did, kids }: DidImport): Promise<void> {
  if (kids.length === 0) return void (await changeRows(manager, UNLINK_KEYS, [tenantId, did]))
  const given = `(${kids.map(() => '?').join(', ')})`
  await changeRows(manager, `${UNLINK_KEYS} AND "kid" NOT IN ${given}`, [tenantId, did, ...kids])
  await changeRows(manager, `${LINK_KEYS} AND "kid" IN ${given}`, [did, tenantId, ...kids])
}

/** A service that stays keeps its place, and its description where none is given. Of two with one id the first counts. */
async function replaceServices(manager: EntityManager, { tenantId, did, services }: DidImport): Promise<void> {
  if (services.length === 0) return void (await changeRows(manager, DELETE_SERVICES, [tenantId, did]))
  const stored = await manager.findBy(ServiceRow, { tenantId, did })
  const storedById = new Map(stored.map((row) => [row.id, row]))
  const last = Math.max(0, ...stored.map(({ position }) => position))
  const rows = new Map<string, ServiceRow>()
  for (const service of services) {
    if (rows.has(service.id)) continue
    const before = storedById.get(service.id)
    const { description = before?.description ?? null } = service
    rows.set(service.id, {
      ...{ tenantId, did, ...service, description },
      position: before?.position ?? last + rows.size + 1,
    })
  }
  if (stored.length > 0) await changeRows(manager, DELETE_SERVICES, [tenantId, did])
  await manager.insert(ServiceRow, [...rows.values()])
}
