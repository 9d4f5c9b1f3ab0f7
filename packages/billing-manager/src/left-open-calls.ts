import type { ReservationReference } from './typeorm/reservation-store.js'

/** A call of this process of which nobody knows how it ended. */
export type LeftOpenCall = ReservationReference

/** A commit that got no answer may still be under way: a reservation that is not there is looked for again. */
const LOOKS = 10

/** Calls that wait for recovery while their process lives. When it dies they are found like all its others. */
export class LeftOpenCalls {
  private readonly calls = new Map<string, { call: LeftOpenCall; looks: number }>()

  add(call: LeftOpenCall): void {
    this.calls.set(keyOf(call), { call, looks: LOOKS })
  }

  all(): LeftOpenCall[] {
    return [...this.calls.values()].map(({ call }) => call)
  }

  /** Takes note that recovery has looked at a call, and whether it found it. */
  looked(call: LeftOpenCall, wasFound: boolean): void {
    const entry = this.calls.get(keyOf(call))
    if (entry === undefined) return
    entry.looks -= 1
    if (wasFound || entry.looks === 0) this.calls.delete(keyOf(call))
  }
}

function keyOf({ tenantId, reservationId }: ReservationReference): string {
  return `${tenantId}\n${reservationId}`
}
