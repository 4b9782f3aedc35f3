/** How long the tab that was first keeps the others from doing the same. */
const HELD_MS = 15_000
const done = new Set<string>()

/** Does something in one tab alone, where all tabs hear of it at the same time: who takes the lock first. */
export function onceInBrowser(name: string, act: () => void): void {
  if (done.has(name)) return
  done.add(name)
  // Web Locks exist in secure contexts only; without them each tab acts for itself.
  if (!navigator.locks) {
    act()
    return
  }
  void navigator.locks.request(name, { ifAvailable: true }, async lock => {
    if (!lock) return
    act()
    await new Promise(resolve => setTimeout(resolve, HELD_MS))
  })
}
