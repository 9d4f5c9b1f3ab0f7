import type { DataSource, EntityManager } from 'typeorm'
import { kitErrors } from '../kit-errors.js'

/**
 * Postgres' own wall between tenants, behind the stores: a statement sees and makes rows of the tenant that its
 * transaction names, and none where it names nobody. https://www.postgresql.org/docs/current/ddl-rowsecurity.html
 */
const POLICY = 'studio_tenant'

/** Each setting is looked up once a statement, and not once a row. */
const setting = (name: string) => `(SELECT current_setting('studio.${name}', true))`
const MAY_TOUCH = `"tenantId" = ${setting('tenant_id')} OR ${setting('operator')} = 'on'`

/** Which of these tables exist and are open: to their owner too, unless row-level security is forced. */
const OPEN_TABLES = `
  SELECT t.name FROM unnest($1::text[]) AS t(name)
  JOIN pg_class c ON c.oid = to_regclass(quote_ident(t.name))
  WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)
     OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = '${POLICY}')
  ORDER BY t.name`

/** A role that is a member of such a role can become it. */
const BYPASSING_ROLE = `
  SELECT rolname AS role, current_user AS "user" FROM pg_roles
  WHERE (rolsuper OR rolbypassrls) AND pg_has_role(current_user, oid, 'MEMBER') LIMIT 1`

/** Puts the wall around each table that has rows of tenants, unless it stands. */
export async function isolateTenants(manager: EntityManager): Promise<void> {
  for (const table of await findOpenTables(manager)) {
    await manager.query(`ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`)
    await manager.query(`DROP POLICY IF EXISTS ${POLICY} ON "${table}"`)
    await manager.query(`CREATE POLICY ${POLICY} ON "${table}" USING (${MAY_TOUCH})`)
  }
}

/** Throws `setting_invalid` for a role that the wall does not hold. */
export async function assertRoleIsHeld(source: DataSource): Promise<void> {
  const [bypassing] = await source.query<{ role: string; user: string }[]>(BYPASSING_ROLE)
  if (bypassing === undefined) return
  const { role, user } = bypassing
  const how = role === user ? '' : `, as a member of "${role}",`
  throw kitErrors.setting_invalid(
    `DATABASE_URL: the role "${user}"${how} bypasses row-level security; name one without SUPERUSER and BYPASSRLS`,
  )
}

/** Throws `setting_invalid` for a database that was migrated without the wall. */
export async function assertTenantsIsolated(source: DataSource): Promise<void> {
  const open = await findOpenTables(source.manager)
  if (open.length === 0) return
  throw kitErrors.setting_invalid(`DATABASE_URL: no row-level security on ${open.join(', ')}; migrate the database`)
}

async function findOpenTables(manager: EntityManager): Promise<string[]> {
  const tables = manager.connection.entityMetadatas
    .filter((entity) => entity.findColumnWithPropertyName('tenantId') !== undefined)
    .map((entity) => entity.tableName)
  const open = await manager.query<{ name: string }[]>(OPEN_TABLES, [tables])
  return open.map(({ name }) => name)
}
