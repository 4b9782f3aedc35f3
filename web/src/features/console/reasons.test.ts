import { describe, expect, it } from 'vitest'
import {
  type Cause,
  causeOfClose,
  causeOfRefusal,
  OPEN_CAUSES,
  retriesByItself,
  wayOut,
} from '@/features/console/reasons'
import { CLOSE_CODES } from '@/lib/console-reasons'
import de from '@/locales/de.json'
import en from '@/locales/en.json'

const causes: Cause[] = [...Object.values(CLOSE_CODES), ...OPEN_CAUSES]

describe('reasons', () => {
  it.each(causes)('%s has a title and a sentence in both languages', cause => {
    for (const catalogue of [en, de]) {
      const words = catalogue.reason[cause]
      expect(words.title).toMatch(/\S/)
      expect(words.text).toMatch(/\.$/)
    }
    expect(de.reason[cause].title).not.toBe(en.reason[cause].title)
  })

  it('has no words for reasons that do not exist', () => {
    expect(Object.keys(en.reason).sort()).toEqual([...causes].sort())
  })

  it('knows each close code, and takes all others for a broken line', () => {
    expect(causeOfClose(4010)).toBe('ended_by_admin')
    expect(causeOfClose(1006)).toBe('lost')
    expect(causeOfClose(4999)).toBe('lost')
  })

  it('knows a limit of consoles by its code', () => {
    expect(causeOfRefusal(409, 'too_many_consoles')).toBe('too_many_consoles')
    expect(causeOfRefusal(409, 'guest_not_running')).toBe('guest_stopped')
    expect(causeOfRefusal(409, 'guest_is_template')).toBe('refused')
  })

  it('offers a way out of every end', () => {
    expect(wayOut('signed_out')).toBe('sign_in')
    expect(wayOut('revoked')).toBe('leave')
    expect(wayOut('idle')).toBe('reconnect')
  })

  it('never tries again by itself what a person or an administrator has ended', () => {
    for (const cause of ['client_closed', 'ended_by_admin', 'revoked', 'signed_out', 'idle', 'max_length'] as const) {
      expect(retriesByItself(cause)).toBe(false)
    }
  })
})
