import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useForm } from 'react-hook-form'
import { afterEach, expect, it, vi } from 'vitest'
import type { SettingsForm } from '@/features/settings/form'
import { logoProblem } from '@/features/settings/logo'
import { LogoPart } from '@/features/settings/logo-part'
import type { Logo } from '@/lib/api/types'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const logo: Logo = {
  tag: 'abc',
  content_type: 'image/png',
  width: 640,
  height: 192,
  size_bytes: 20_480,
  updated_at: '2026-01-01T00:00:00Z',
}

/** A request that a test answers when it likes. */
class Request {
  static last: Request
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {}
  onload?: () => void
  onerror?: () => void
  status = 0
  responseText = ''
  url = ''
  open(_method: string, url: string) {
    this.url = url
    Request.last = this
  }
  setRequestHeader() {}
  getResponseHeader() {
    return null
  }
  send() {}
  answer(status: number, body: unknown) {
    this.status = status
    this.responseText = JSON.stringify(body)
    this.onload?.()
  }
}

function Tested({ kept = null, readOnly = false }: { kept?: Logo | null; readOnly?: boolean }) {
  const form = useForm<SettingsForm>({ defaultValues: { logo_on_sign_in: false } })
  return (
    <fieldset disabled={readOnly}>
      <LogoPart form={form} tenant={{ id: 't', name: 'Acme' }} logo={kept} readOnly={readOnly} />
    </fieldset>
  )
}

const file = (type = 'image/png', size = 10) => new File([new Uint8Array(size)], 'logo', { type })

async function choose(picture: File) {
  const [input] = screen.getAllByLabelText<HTMLInputElement>('Choose a logo', { selector: 'input' })
  await userEvent.upload(input as HTMLInputElement, picture, { applyAccept: false })
}

it('shows how far the sending is, and what Nexus says to it', async () => {
  vi.stubGlobal('XMLHttpRequest', Request)
  stubApi({})
  await renderPage(<Tested />)
  await choose(file('image/svg+xml'))
  Request.last.upload.onprogress?.({ loaded: 30, total: 100 })
  expect(await screen.findByText('30% sent')).toBeTruthy()
  expect(Request.last.url).toBe('/api/v1/tenants/t/logo')
  Request.last.upload.onprogress?.({ loaded: 100, total: 100 })
  expect(await screen.findByText('Sent. Nexus looks into it.')).toBeTruthy()
  Request.last.answer(422, { code: 'invalid', errors: [{ field: 'logo', code: 'unsafe', detail: 'a script' }] })
  expect((await screen.findByRole('alert')).textContent).toContain('This SVG has scripts')
  await choose(file())
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
  Request.last.answer(413, { code: 'too_large' })
  expect((await screen.findByRole('alert')).textContent).toContain('larger than 2 MiB')
  await choose(file())
  Request.last.onerror?.()
  expect((await screen.findByRole('alert')).textContent).toBeTruthy()
})

it('sends nothing that cannot be one', async () => {
  const made = vi.fn()
  vi.stubGlobal('XMLHttpRequest', made)
  await renderPage(<Tested />)
  await choose(file('application/pdf'))
  expect((await screen.findByRole('alert')).textContent).toContain('no JPEG, PNG, WebP or SVG')
  expect(made).not.toHaveBeenCalled()
  expect(logoProblem({ type: 'image/png', size: 2 * 1024 ** 2 })).toBeNull()
  expect(logoProblem({ type: 'image/png', size: 2 * 1024 ** 2 + 1 })).toBe('too_large')
  expect(logoProblem({ type: '', size: 5 })).toBeNull()
})

it('asks before it takes the logo away', async () => {
  const calls = stubApi({ 'DELETE /tenants/t/logo': { status: 204 } })
  await renderPage(<Tested kept={logo} />)
  expect(screen.getByAltText('The logo on dark ground').getAttribute('src')).toBe('/api/v1/tenants/t/logo?v=abc')
  await userEvent.click(screen.getByRole('button', { name: 'Remove logo' }))
  expect(await screen.findByText('Remove the logo of Acme?')).toBeTruthy()
  expect(calls).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Remove logo' }))
  await waitFor(() => expect(calls[0]?.method).toBe('DELETE'))
  await waitFor(() => expect(screen.queryByText('Remove the logo of Acme?')).toBeNull())
})
