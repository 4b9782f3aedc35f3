import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { useConfirmed } from '@/components/confirm-sign-in'
import { ApiError, isCancelled } from '@/lib/api/error'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

type Run = () => Promise<string>

function Probe({ run, onEnd }: { run: Run; onEnd: (end: unknown) => void }) {
  const { confirmed, dialog } = useConfirmed()
  return (
    <>
      <button type="button" onClick={() => void confirmed(run).then(onEnd, onEnd)}>
        Change
      </button>
      {dialog}
    </>
  )
}

/** Refuses once, as the server does until the password was said. */
function delicate(): Run {
  let first = true
  return async () => {
    if (!first) return 'changed'
    first = false
    throw new ApiError(403, { code: 'confirm_required' })
  }
}

async function open(run: Run) {
  const onEnd = vi.fn()
  await renderPage(<Probe run={run} onEnd={onEnd} />)
  await userEvent.click(screen.getByRole('button', { name: 'Change' }))
  return onEnd
}

it('asks for the password and runs again', async () => {
  const calls = stubApi({ 'POST /me/confirm': { status: 204 } })
  const onEnd = await open(delicate())
  await userEvent.type(await screen.findByLabelText('Your password'), 'secret{Enter}')
  await waitFor(() => expect(onEnd).toHaveBeenCalledWith('changed'))
  expect(calls.map(call => call.body)).toEqual([{ password: 'secret' }])
  expect(screen.queryByRole('dialog')).toBeNull()
})

it('stays open and clears the field when the password is wrong', async () => {
  stubApi({ 'POST /me/confirm': { status: 401, body: { code: 'invalid_credentials' } } })
  const onEnd = await open(delicate())
  await userEvent.type(await screen.findByLabelText('Your password'), 'wrong{Enter}')
  expect((await screen.findByRole('alert')).textContent).toBe('This is not your password.')
  expect(screen.getByLabelText<HTMLInputElement>('Your password').value).toBe('')
  expect(onEnd).not.toHaveBeenCalled()
})

it('gives up quietly when it is cancelled', async () => {
  stubApi({})
  const onEnd = await open(delicate())
  await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }))
  await waitFor(() => expect(onEnd).toHaveBeenCalledOnce())
  expect(isCancelled(onEnd.mock.calls[0]?.[0])).toBe(true)
})

it('does not ask for anything else', async () => {
  stubApi({})
  const refused = new ApiError(403, { code: 'forbidden' })
  const onEnd = await open(() => Promise.reject(refused))
  await waitFor(() => expect(onEnd).toHaveBeenCalledWith(refused))
  expect(screen.queryByRole('dialog')).toBeNull()
})
