// How often a server that ends by itself is started again.

export const MOST = 4;
export const MINUTES = 3;

/** Counts ends: a server that keeps ending, such as one without the extra `lsp`, is left alone. */
export class Restarts {
  private readonly ends: number[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** Records an end, and tells whether to start the server again. */
  again(): boolean {
    const since = this.now() - MINUTES * 60_000;
    this.ends.push(this.now());
    while (this.ends[0]! <= since) {
      this.ends.shift();
    }
    return this.ends.length <= MOST;
  }
}
