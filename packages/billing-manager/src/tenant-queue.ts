import { AsyncResource } from 'node:async_hooks'
import { currentContext, isStudioError, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'

/** What waits for one tenant. */
export interface TenantGroup<Request> {
  tenantId: string
  /** At least one; who waits longest comes first. */
  requests: readonly Request[]
}

export interface TenantQueueOptions<Request, Decision> {
  database: Database
  /**
   * Decides requests in their order, in one write, which may run again. Undefined for one that is to be decided alone.
   * Whatever it throws but a fault of the store makes that of all of them, too.
   */
  decide: (manager: EntityManager, group: TenantGroup<Request>) => Promise<readonly (Decision | undefined)[]>
  /** Bounds how long one write takes. Default 64. */
  maxGroup?: number
}

interface Waiting<Request, Decision> {
  request: Request
  resolve: (decision: Decision | undefined) => void
  reject: (error: unknown) => void
}

const MAX_GROUP = 64

/**
 * Decides together what waits for a tenant when the writer comes to it: nobody is waited for, and the more there is to do
 * the less each of it costs. Each tenant's group is a write of its own, in that tenant.
 */
export class TenantQueue<Request, Decision> {
  private readonly lines = new Map<string, Waiting<Request, Decision>[]>()
  /** A group belongs to none of its callers. */
  private readonly own = new AsyncResource('studio.tenant-queue')

  constructor(private readonly options: TenantQueueOptions<Request, Decision>) {}

  /** Undefined where the caller is to decide alone, in a write of its own: nothing has been done for it then. */
  async ask(tenantId: string, request: Request): Promise<Decision | undefined> {
    const { meteredCall, runningWrite, storeFaults } = currentContext()
    // Its own call fences what it writes, and a write inside a write is refused: both go by the caller's context.
    if (meteredCall !== undefined || runningWrite?.active === true) return undefined
    try {
      return await this.wait(tenantId, request)
    } catch (error) {
      if (isStudioError(error)) storeFaults?.push(error)
      throw error
    }
  }

  private wait(tenantId: string, request: Request): Promise<Decision | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = { request, resolve, reject }
      const line = this.lines.get(tenantId)
      if (line !== undefined) return void line.push(waiting)
      this.lines.set(tenantId, [waiting])
      void this.own.runInAsyncScope(() => this.drain(tenantId))
    })
  }

  private async drain(tenantId: string): Promise<void> {
    for (let line = this.lines.get(tenantId); line !== undefined; line = this.lines.get(tenantId)) {
      if (line.length === 0) this.lines.delete(tenantId)
      else await this.writeGroup(tenantId, line)
    }
  }

  private async writeGroup(tenantId: string, line: Waiting<Request, Decision>[]): Promise<void> {
    const { database, decide, maxGroup = MAX_GROUP } = this.options
    let group: Waiting<Request, Decision>[] | undefined
    // As late as can be; and once, where the write runs again.
    const take = () => (group ??= line.splice(0, maxGroup))
    try {
      const decisions = await database.write(
        (manager) => decide(manager, { tenantId, requests: take().map(({ request }) => request) }),
        { tenantId },
      )
      take().forEach(({ resolve }, index) => resolve(decisions[index]))
    } catch (error) {
      const isFault = isStudioError(error) && error.status === 503
      for (const { resolve, reject } of take()) {
        if (isFault) reject(error)
        else resolve(undefined)
      }
    }
  }
}
