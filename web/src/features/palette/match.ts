/** How well a text meets what was typed: 0 is the thing itself; null where it does not meet it at all. */

/** Where a new word begins inside a name. */
const BREAK = /[\s\-_./:@]/

export type Candidate<T> = {
  value: T
  /** In lower case. */
  name: string
  /** A number that it is known by. */
  id?: string
  /** What else it is found by, in lower case: server, tags. */
  words: readonly string[]
  /** Wins where two meet it equally well: favourites, what was used last. */
  boost: number
}

/** One typed word in one name, from the thing itself to letters in this order with others between them. */
export function wordTier(name: string, term: string): number | null {
  if (name === term) return 0
  if (name.startsWith(term)) return 1
  let place = name.indexOf(term)
  if (place < 0) return term.length >= 3 ? scattered(name, term) : null
  for (; place >= 0; place = name.indexOf(term, place + 1)) {
    if (BREAK.test(name[place - 1] ?? '')) return 2
  }
  return 3
}

/** The letters in this order from the beginning of a word on, the closer the better; too far apart is not meant. */
function scattered(name: string, term: string): number | null {
  let best: number | null = null
  for (let start = name.indexOf(term[0] ?? ''); start >= 0; start = name.indexOf(term[0] ?? '', start + 1)) {
    if (start > 0 && !BREAK.test(name[start - 1] ?? '')) continue
    const end = endOf(name, term, start)
    if (end === null) break
    const span = end - start
    if (span <= 3 * term.length && (best === null || span < best)) best = span
  }
  return best === null ? null : 7 + Math.min(0.9, (best - term.length) / 100)
}

function endOf(name: string, term: string, start: number): number | null {
  let at = start - 1
  for (const letter of term) {
    at = name.indexOf(letter, at + 1)
    if (at < 0) return null
  }
  return at + 1
}

/** Every typed word must be met, by the name or by another word of it. */
function tierOf<T>({ name, id, words }: Candidate<T>, terms: readonly string[]): number | null {
  let sum = 0
  for (const term of terms) {
    let best = wordTier(name, term)
    // The id itself is as good as the name itself.
    if (id?.startsWith(term)) best = id === term ? 0 : Math.min(best ?? 4, 4)
    for (const word of words) {
      const tier = word === term ? 4 : word.startsWith(term) ? 5 : word.includes(term) ? 6 : null
      if (tier !== null && (best === null || tier < best)) best = tier
    }
    if (best === null) return null
    sum += best
  }
  return sum
}

export type Found<T> = { value: T; tier: number }

/** The best of them, and how many met it at all. Equally good ones stay in the order in which they came. */
export function findBest<T>(
  candidates: readonly Candidate<T>[],
  text: string,
  most: number,
): { best: Found<T>[]; total: number } {
  const terms = termsOf(text)
  const met: { candidate: Candidate<T>; tier: number; index: number }[] = []
  candidates.forEach((candidate, index) => {
    const tier = tierOf(candidate, terms)
    if (tier !== null) met.push({ candidate, tier, index })
  })
  met.sort((a, b) => a.tier - b.tier || b.candidate.boost - a.candidate.boost || a.index - b.index)
  return {
    best: met.slice(0, most).map(({ candidate, tier }) => ({ value: candidate.value, tier })),
    total: met.length,
  }
}

export function termsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean)
}

/** The actions that the first word begins to name, and what is left of the text: "sto web" is stop, and "web". */
export function verbOf<A extends string>(
  text: string,
  names: readonly { action: A; words: readonly string[] }[],
): { actions: A[]; rest: string } | null {
  const [verb = '', ...rest] = termsOf(text)
  if (verb.length < 2) return null
  const meant = names.filter(({ words }) => words.some(word => word.startsWith(verb)))
  return meant.length === 0 ? null : { actions: meant.map(({ action }) => action), rest: rest.join(' ') }
}
