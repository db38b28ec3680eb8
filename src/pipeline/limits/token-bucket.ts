/**
 * A bucket that holds at most `capacity` tokens and gets `rate` of them in each period, evenly; it is full at first. A line
 * takes one.
 *
 * What it holds is counted in token × milliseconds of the period: whole numbers for whole milliseconds, so that no
 * fraction is lost on the way.
 */
export class TokenBucket {
  private held: number
  private readonly most: number
  private filledAt: number | undefined = undefined

  constructor(
    private readonly rate: number,
    private readonly periodMs: number,
    capacity: number,
  ) {
    this.most = capacity * periodMs
    this.held = this.most
  }

  /** Whether there is a token. */
  has(nowMs: number): boolean {
    this.fill(nowMs)
    return this.held >= this.periodMs
  }

  /** Takes a token that {@link has} saw. */
  take(): void {
    this.held -= this.periodMs
  }

  isFull(nowMs: number): boolean {
    this.fill(nowMs)
    return this.held >= this.most
  }

  private fill(nowMs: number): void {
    // A clock that goes back gives nothing, and takes nothing; nor does one that gives no number for a while.
    const elapsed = this.filledAt !== undefined && nowMs > this.filledAt ? nowMs - this.filledAt : 0
    this.filledAt = nowMs
    this.held = Math.min(this.most, this.held + elapsed * this.rate)
  }
}
