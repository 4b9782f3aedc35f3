import { useEffect, useState } from 'react'

type Typed = { typed: string; type: (text: string) => void; send: (text: string) => void }

/**
 * What is typed into a field over a list: it shows at once, and the list follows when the person pauses. What comes back
 * from the address while they type on is known as their own, and does not undo what they have typed since.
 */
export function useTyped(text: string, onText: (text: string) => void, wait: number): Typed {
  const [typed, setTyped] = useState(text)
  const [seen, setSeen] = useState(text)
  /** Told to the page, not yet come back. */
  const [sent, setSent] = useState<readonly string[]>([])
  if (seen !== text) {
    setSeen(text)
    const own = sent.lastIndexOf(text)
    setSent(sent.slice(own + 1))
    if (own < 0) setTyped(text)
  }
  const last = sent.at(-1) ?? text
  const send = (next: string) => {
    setTyped(next)
    if (next === last) return
    setSent([...sent, next])
    onText(next)
  }
  useEffect(() => {
    if (typed === last) return
    const timer = setTimeout(() => {
      setSent(before => [...before, typed])
      onText(typed)
    }, wait)
    return () => clearTimeout(timer)
  }, [typed, last, onText, wait])
  return { typed, type: setTyped, send }
}
