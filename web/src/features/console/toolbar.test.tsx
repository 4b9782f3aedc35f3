import { screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { Toolbar, type ToolbarProps } from '@/features/console/toolbar'
import { makeGuest } from '@/lib/fixtures'
import { renderPage } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const nothing = () => undefined
const props: Omit<ToolbarProps, 'viewOnly'> = {
  name: 'web-01',
  connection: {
    kind: 'live',
    attempt: 0,
    since: 0,
    console: {
      session: 's',
      path: '/api/v1/console/s',
      view_only: false,
      expires_at: '2026-01-01T00:00:00Z',
      guest: makeGuest(),
    },
  },
  scale: 'fit',
  quality: 'balanced',
  pinned: true,
  fullScreen: false,
  clipboardOpen: false,
  power: null,
  onScale: nothing,
  onQuality: nothing,
  onPin: nothing,
  onFullScreen: nothing,
  onClipboard: nothing,
  onScreenshot: nothing,
  onReconnect: nothing,
  onKeys: nothing,
  onMenu: nothing,
}

it('offers keys and the clipboard', async () => {
  await renderPage(<Toolbar {...props} viewOnly={false} />)
  expect(screen.getByRole('button', { name: 'Send keys' })).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Clipboard' })).toBeTruthy()
})

it('offers neither where one may only watch', async () => {
  await renderPage(<Toolbar {...props} viewOnly />)
  expect(screen.getByRole('button', { name: 'Save a screenshot' })).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Send keys' })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Clipboard' })).toBeNull()
})
