/** How long to wait after so many failures, in milliseconds: 0.5 s, doubling to 10 s. */
export function backOff(failures: number): number {
  return Math.min(10_000, 500 * 2 ** Math.min(Math.max(0, failures), 10))
}
