import { AsyncResource } from 'node:async_hooks'
import { randomString, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { deleteProcess, isAtWork, readHeartbeat, readSharedTime, writeHeartbeat } from './typeorm/process-store.js'

export interface ProcessLeaseOptions {
  database: Database
  clock: Clock
  /** How long a process may be silent before it is taken for dead. */
  leaseMs: number
  /** Hears of heartbeats that failed. The next one is tried all the same. */
  onError: (error: unknown) => void
}

const PROCESS_ID_LENGTH = 24
const HEARTBEATS_PER_LEASE = 3

/**
 * Says, again and again, that this process is alive, so that nobody else ends the calls that it runs. A clock that
 * jumps by half a lease, or a process that stands still for longer than a lease, gets them ended: the fence then keeps
 * them from storing anything.
 */
export class ProcessLease {
  readonly processId = randomString(PROCESS_ID_LENGTH)
  private started: Promise<void> | undefined
  private timer: NodeJS.Timeout | undefined
  private beating: Promise<void> | undefined
  // Heartbeats belong to no call: not to the first one either, which starts them.
  private readonly outsideOfCalls = AsyncResource.bind((work: () => Promise<void>) => work())

  constructor(private readonly options: ProcessLeaseOptions) {}

  /** Resolves when the first heartbeat is durable. */
  start(): Promise<void> {
    this.started ??= this.outsideOfCalls(() => this.begin()).catch((error: unknown) => {
      this.started = undefined
      throw error
    })
    return this.started
  }

  /** Ends the heartbeats. Calls that still run may be ended by others from then on. */
  async stop(): Promise<void> {
    if (this.started === undefined) return
    await this.started
    clearInterval(this.timer)
    this.started = undefined
    await this.beating
    await this.options.database.write((manager) => deleteProcess(manager, this.processId))
  }

  /** A process that was last heard of before this instant is dead. */
  async aliveSince(manager: EntityManager): Promise<string> {
    const now = await readSharedTime(manager, this.options.clock)
    return new Date(now.getTime() - this.options.leaseMs).toISOString()
  }

  async isDead(manager: EntityManager, processId: string): Promise<boolean> {
    if (processId === this.processId) return false
    const heartbeatAt = await readHeartbeat(manager, processId)
    const aliveSince = await this.aliveSince(manager)
    if (heartbeatAt !== undefined && heartbeatAt >= aliveSince) return false
    return !(await isAtWork(manager, processId, aliveSince))
  }

  private async begin(): Promise<void> {
    await this.beat()
    this.timer = setInterval(() => this.beatAgain(), this.options.leaseMs / HEARTBEATS_PER_LEASE)
    this.timer.unref()
  }

  /** Not while the one before still waits for its turn. */
  private beatAgain(): void {
    this.beating ??= this.beat()
      .catch(this.options.onError)
      .finally(() => {
        this.beating = undefined
      })
  }

  private async beat(): Promise<void> {
    const { database, clock } = this.options
    await database.write(async (manager) => {
      const now = await readSharedTime(manager, clock)
      await writeHeartbeat(manager, this.processId, now.toISOString())
    })
  }
}
