import { act, render } from '@testing-library/react'
import { StrictMode } from 'react'
import { beforeEach, expect, it } from 'vitest'
import { forgetLinkSecret, useLinkSecret } from '@/lib/link-secret'

beforeEach(() => {
  sessionStorage.clear()
  window.history.replaceState(null, '', '/invite')
})

function Probe() {
  return <p>{useLinkSecret('/invite') || 'none'}</p>
}

const show = () =>
  render(
    <StrictMode>
      <Probe />
    </StrictMode>,
  )

it('takes the secret out of the address, and keeps it for this page', () => {
  window.history.replaceState(null, '', '/invite?x=1#s3cret')
  const first = show()
  expect(first.container.textContent).toBe('s3cret')
  expect(window.location.href).toMatch(/\/invite\?x=1$/)
  first.unmount()
  expect(show().container.textContent).toBe('s3cret')
})

it('forgets it when it was used', () => {
  window.history.replaceState(null, '', '/invite#s3cret')
  show().unmount()
  forgetLinkSecret('/invite')
  expect(show().container.textContent).toBe('none')
})

it('takes another link that is pasted over this one', () => {
  const page = show()
  act(() => {
    window.history.replaceState(null, '', '/invite#other')
    window.dispatchEvent(new Event('hashchange'))
  })
  expect(page.container.textContent).toBe('other')
})
