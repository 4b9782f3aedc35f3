/** What changed between two texts, line by line. */

export type Line = { kind: 'same' | 'removed' | 'added'; text: string }

/** Texts that differ in more lines than this are shown as replaced: looking for the shortest way would take too long. */
const MOST = 600

export function diffLines(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  const room = Math.min(before.length, after.length) - head
  while (tail < room && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1
  const same = (text: string): Line => ({ kind: 'same', text })
  return [
    ...before.slice(0, head).map(same),
    ...shortest(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ]
}

/** Myers' greedy way: the fewest lines taken out and put in. */
function shortest(a: readonly string[], b: readonly string[]): Line[] {
  const most = Math.min(a.length + b.length, MOST)
  const furthest = new Map<number, number>([[1, 0]])
  const trace: Map<number, number>[] = []
  for (let steps = 0; steps <= most; steps += 1) {
    trace.push(new Map(furthest))
    for (let line = -steps; line <= steps; line += 2) {
      const left = furthest.get(line - 1) ?? -1
      const right = furthest.get(line + 1) ?? -1
      let x = line === -steps || (line !== steps && left < right) ? right : left + 1
      while (x < a.length && x - line < b.length && a[x] === b[x - line]) x += 1
      furthest.set(line, x)
      if (x >= a.length && x - line >= b.length) return wayBack(trace, a, b)
    }
  }
  return [...a.map(text => ({ kind: 'removed', text }) as const), ...b.map(text => ({ kind: 'added', text }) as const)]
}

function wayBack(trace: Map<number, number>[], a: readonly string[], b: readonly string[]): Line[] {
  const lines: Line[] = []
  let x = a.length
  let y = b.length
  for (let steps = trace.length - 1; steps >= 0; steps -= 1) {
    const furthest = trace[steps] ?? new Map<number, number>()
    const line = x - y
    const left = furthest.get(line - 1) ?? -1
    const right = furthest.get(line + 1) ?? -1
    const from = line === -steps || (line !== steps && left < right) ? line + 1 : line - 1
    const fromX = furthest.get(from) ?? 0
    const fromY = fromX - from
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      lines.push({ kind: 'same', text: a[x - 1] ?? '' })
      x -= 1
      y -= 1
    }
    if (steps === 0) break
    if (from > line) lines.push({ kind: 'added', text: b[y - 1] ?? '' })
    else lines.push({ kind: 'removed', text: a[x - 1] ?? '' })
    x = fromX
    y = fromY
  }
  return lines.reverse()
}

/** A line of both sides; `null` where a side has none. */
export type Pair = { kind: 'same' | 'changed'; left: string | null; right: string | null }

/** Lines beside each other: what was taken out stands beside what was put in its place. */
export function pairsOf(lines: readonly Line[]): Pair[] {
  const pairs: Pair[] = []
  let removed: string[] = []
  let added: string[] = []
  const flush = () => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      pairs.push({ kind: 'changed', left: removed[index] ?? null, right: added[index] ?? null })
    }
    removed = []
    added = []
  }
  for (const { kind, text } of lines) {
    if (kind === 'removed') removed.push(text)
    else if (kind === 'added') added.push(text)
    else {
      flush()
      pairs.push({ kind: 'same', left: text, right: text })
    }
  }
  flush()
  return pairs
}

export type Stretch<T> = { kind: 'lines'; lines: T[] } | { kind: 'hidden'; lines: T[] }

const AROUND = 3
const FEW = 3

/** What is the same is left out, but for a few lines around each change. */
export function stretchesOf<T extends { kind: string }>(lines: readonly T[]): Stretch<T>[] {
  const near = lines.map(() => false)
  lines.forEach((line, index) => {
    if (line.kind === 'same') return
    for (let at = Math.max(0, index - AROUND); at <= Math.min(lines.length - 1, index + AROUND); at += 1)
      near[at] = true
  })
  const stretches: Stretch<T>[] = []
  lines.forEach((line, index) => {
    const kind = near[index] ? 'lines' : 'hidden'
    const last = stretches.at(-1)
    if (last?.kind === kind) last.lines.push(line)
    else stretches.push({ kind, lines: [line] })
  })
  // A few lines take hardly more room than the words about them.
  return stretches.map(one => (one.lines.length <= FEW ? { ...one, kind: 'lines' } : one))
}

/** Two versions of a line, cut where they begin and stop to differ. */
export function partsOf(left: string, right: string): { head: string; left: string; right: string; tail: string } {
  const room = Math.min(left.length, right.length)
  let head = 0
  while (head < room && left[head] === right[head]) head += 1
  let tail = 0
  while (tail < room - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail += 1
  return {
    head: left.slice(0, head),
    left: left.slice(head, left.length - tail),
    right: right.slice(head, right.length - tail),
    tail: left.slice(left.length - tail),
  }
}
