/** Where time comes from. Passed in, so that tests and a skewed machine can be told apart from the truth. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until told to move; for tests and simulations. */
export class ManualClock implements Clock {
  constructor(private current: Date) {}

  now(): Date {
    return new Date(this.current)
  }

  advanceMs(durationMs: number): void {
    this.current = new Date(this.current.getTime() + durationMs)
  }

  set(instant: Date): void {
    this.current = new Date(instant)
  }
}
