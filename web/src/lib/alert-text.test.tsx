import i18next from 'i18next'
import { afterEach, expect, it } from 'vitest'
import { alertText } from '@/lib/alert-text'
import type { Alert } from '@/lib/api/types'

afterEach(() => i18next.changeLanguage('en'))

it.each<[Alert['rule'], number | null, number, string, string]>([
  ['latency', 812, 500, 'Response 812 ms, limit 500 ms', 'Antwortzeit 812 ms, Grenze 500 ms'],
  ['latency', null, 500, 'Response slower than 500 ms', 'Antwortzeit über 500 ms'],
  ['success_rate', 62, 80, 'Success rate 62%, limit 80%', 'Erfolgsquote 62 %, Grenze 80 %'],
  ['success_rate', null, 80, 'Success rate below 80%', 'Erfolgsquote unter 80 %'],
  ['offline', 432, 300, 'Offline for 7 min 12 s, limit 5 min', 'Seit 7 min 12 s nicht erreichbar, Grenze 5 min'],
  ['offline', 300, 300, 'Offline for longer than 5 min', 'Länger als 5 min nicht erreichbar'],
  ['network', 92, 80, '92% of the servers do not answer', '92 % der Server antworten nicht'],
  ['network', null, 80, 'Nearly no server answers', 'Fast kein Server antwortet'],
])('says the value of %s against its limit', async (rule, value, threshold, english, german) => {
  expect(alertText({ rule, value, threshold })).toBe(english)
  await i18next.changeLanguage('de')
  // German has a blank before the percent sign that does not break.
  expect(alertText({ rule, value, threshold }).replaceAll('\u00a0', ' ')).toBe(german)
})
