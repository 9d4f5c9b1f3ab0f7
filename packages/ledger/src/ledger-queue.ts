import { AsyncResource } from 'node:async_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { applyOperations, type Decision, type LedgerOperation } from './apply-operations.js'
import type { HoldRequest, PostRequest } from './check-request.js'
import type { ExpireResult, SettleRequest, SettleResult, VoidResult } from './end-transfer.js'
import {
  expireOperation,
  holdOperation,
  postOperation,
  rescheduleOperation,
  settleOperation,
  voidOperation,
  type HoldResult,
  type PostResult,
} from './operations.js'
import type { RescheduleRequest, RescheduleResult } from './reschedule-transfer.js'
import type { LedgerDeps } from './start-transfer.js'
import type { TransferReference } from './transfer.js'

/** Bounds how long one write takes, and with it how long other processes wait for the tenants' turns. */
const MAX_GROUP = 256
/** Bounds the rows of one write: a transfer may have as many legs as a hundred others. */
const MAX_GROUP_LEGS = 1024

interface Waiting {
  operation: LedgerOperation<unknown>
  settle: (decision: Decision<unknown>) => void
}

/**
 * Operations that need no other rows to change with them, each durable when its promise resolves. Those that wait are
 * written together: in one transaction, and in as many statements as one of them alone would take. So a busy account is
 * not held up by a commit for each of its transfers. They run as the operator's own code, whoever asks for them.
 */
export class LedgerQueue {
  private readonly waiting: Waiting[] = []
  private draining = false
  /** The group belongs to none of its callers. */
  private readonly own = new AsyncResource('studio.ledger-queue')

  /** Made by `ledger.queue`. */
  constructor(
    private readonly deps: LedgerDeps,
    private readonly database: Database,
  ) {}

  async post(request: PostRequest): Promise<PostResult> {
    return this.add(postOperation(this.deps, request))
  }

  async hold(request: HoldRequest): Promise<HoldResult> {
    return this.add(holdOperation(this.deps, request))
  }

  async settle(request: SettleRequest): Promise<SettleResult> {
    return this.add(settleOperation(this.deps, request))
  }

  async void(reference: TransferReference): Promise<VoidResult> {
    return this.add(voidOperation(this.deps, reference))
  }

  async expire(reference: TransferReference): Promise<ExpireResult> {
    return this.add(expireOperation(this.deps, reference))
  }

  async reschedule(request: RescheduleRequest): Promise<RescheduleResult> {
    return this.add(rescheduleOperation(this.deps, request))
  }

  private async add<Result>(operation: LedgerOperation<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({
        operation,
        settle: (decision) => (decision.ok ? resolve(decision.value as Result) : reject(decision.error)),
      })
      if (this.draining) return
      this.draining = true
      void this.own.runInAsyncScope(() => this.drain())
    })
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      // Lets the callers of this turn of the event loop into the group.
      await nextTurn()
      await this.writeGroup(this.takeGroup())
    }
    this.draining = false
  }

  private takeGroup(): Waiting[] {
    let legs = 0
    const end = this.waiting.findIndex(({ operation }, index) => {
      legs += operation.start?.legs.length ?? 1
      return index >= MAX_GROUP || (index > 0 && legs > MAX_GROUP_LEGS)
    })
    return this.waiting.splice(0, end < 0 ? this.waiting.length : end)
  }

  private async writeGroup(group: Waiting[]): Promise<void> {
    const operations = group.map(({ operation }) => operation)
    const { chainKey } = this.deps
    try {
      const apply = (manager: EntityManager) => applyOperations(chainKey, manager, operations)
      const decisions = await this.database.write(apply, { alone: true, acrossTenants: true })
      group.forEach(({ settle }, index) => settle(decisions[index] as Decision<unknown>))
    } catch (error) {
      for (const { settle } of group) settle({ ok: false, error: error as Error })
    }
  }
}
