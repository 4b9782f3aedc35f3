import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { MailTest } from '@/features/system/mail-test'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const send = () => userEvent.click(screen.getByRole('button', { name: 'Send me a test e-mail' }))
const stages = () => screen.getAllByRole('listitem').map(item => item.querySelector('svg')?.getAttribute('aria-label'))

it('says that the mail server has taken it, and its answer', async () => {
  stubApi({ 'POST /system/test-mail': { body: { sent: true, stage: null, detail: '250 Ok', took_ms: 187 } } })
  await renderPage(<MailTest mail />)
  await send()
  expect(await screen.findByText(/has taken it/)).toBeTruthy()
  expect(screen.getByText('250 Ok')).toBeTruthy()
  expect(stages()).toEqual(['passed', 'passed', 'passed', 'passed', 'passed'])
})

it('shows how far it came, and what to do', async () => {
  stubApi({ 'POST /system/test-mail': { body: { sent: false, stage: 'sign_in', detail: '535 no', took_ms: 412 } } })
  await renderPage(<MailTest mail />)
  await send()
  expect(await screen.findByText(/was not sent/)).toBeTruthy()
  expect(stages()).toEqual(['passed', 'passed', 'passed', 'failed', 'not run'])
  expect(screen.getByText(/does not take user name and password/)).toBeTruthy()
})

it('cannot be used where there is no mail', async () => {
  await renderPage(<MailTest mail={false} />)
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Send me a test e-mail' }).disabled).toBe(true)
  expect(screen.getByRole('note', { name: 'This Nexus cannot send e-mails.' })).toBeTruthy()
})
