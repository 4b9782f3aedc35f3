import type { TFunction } from 'i18next'
import { Ban, CircleAlert, LogIn, MonitorX, Play, PlugZap, RotateCw, ServerOff, Square } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Spinner } from '@/components/ui/spinner'
import type { Connection } from '@/features/console/connection'
import { type Cause, wayOut } from '@/features/console/reasons'
import { useNow } from '@/lib/clock'

export type Start = {
  /** Why it cannot be started from here, or undefined. */
  reason: string | undefined
  busy: boolean
  /** What the last try said when it failed. */
  problem: ReactNode
  run: () => void
}

type StateProps = {
  connection: Connection
  name: string
  start: Start
  onOpen: () => void
  onRetry: () => void
  onCancel: () => void
  onLeave: () => void
  onSignIn: () => void
}

/** The whole picture while there is no console: one sentence and one button each. Nothing while live. */
export function ConsoleState(props: StateProps) {
  const { connection, name } = props
  const { t } = useTranslation()
  switch (connection.kind) {
    case 'live':
      return null
    case 'opening':
    case 'connecting':
      if (connection.cause) return <Waiting {...props} cause={connection.cause} retryAt={null} />
      return (
        <Shell
          icon={<Spinner className="size-7 text-primary-text" />}
          title={t('console.connecting', { name })}
          text={t('console.connecting_text')}
          button={<Button onClick={props.onCancel}>{t('common.cancel')}</Button>}
        />
      )
    case 'reconnecting':
      return <Waiting {...props} cause={connection.cause} retryAt={connection.retryAt} />
    case 'stopped':
      return <Stopped {...props} />
    case 'ended':
      return <Ended {...props} cause={connection.cause} detail={connection.detail} />
  }
}

function Stopped({ name, start }: StateProps) {
  const { t } = useTranslation()
  if (start.busy) {
    return (
      <Shell
        icon={<Spinner className="size-7 text-primary-text" />}
        title={t('console.starting', { name })}
        text={t('console.starting_text')}
      />
    )
  }
  return (
    <Shell
      icon={<Square className="size-6 fill-current" aria-hidden />}
      title={t('console.stopped', { name })}
      text={start.reason ?? t('console.stopped_text')}
      button={
        !start.reason && (
          <Button variant="primary" size="lg" onClick={start.run}>
            <Play className="size-4 fill-current" aria-hidden />
            {t('console.start', { name })}
          </Button>
        )
      }
    >
      {start.problem}
    </Shell>
  )
}

type WaitingProps = StateProps & { cause: Cause; retryAt: number | null }

function Waiting({ cause, retryAt, onRetry }: WaitingProps) {
  const { t } = useTranslation()
  useNow(250)
  const seconds = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - Date.now()) / 1000))
  const button = useButtonThatStays(retryAt === null)
  return (
    <Shell
      icon={cause === 'pve_unreachable' ? <ServerOff aria-hidden /> : <PlugZap aria-hidden />}
      title={t(`reason.${cause}.title`)}
      text={t(`reason.${cause}.text`)}
      button={
        <Button {...button} variant="primary" size="lg" busy={retryAt === null} onClick={onRetry}>
          {t('console.retry_now')}
        </Button>
      }
    >
      <p className="nums mt-3 text-muted">
        {retryAt === null || seconds === 0 ? t('console.trying') : t('console.next_try', { count: seconds })}
      </p>
    </Shell>
  )
}

/** A button that was focused and is disabled for a moment gets the focus back. */
function useButtonThatStays(disabled: boolean) {
  const ref = useRef<HTMLButtonElement>(null)
  const had = useRef(false)
  useEffect(() => {
    if (!disabled && had.current) ref.current?.focus()
  }, [disabled])
  return { ref, onFocus: () => (had.current = true), onBlur: () => (had.current = disabled && had.current) }
}

/** Words that somebody wrote for this person come with the cause's own; a refusal says more than its cause. */
function endedText(t: TFunction, cause: Cause, detail: string | null): string {
  if (detail && (cause === 'refused' || cause === 'too_many_consoles')) return detail
  if (detail && cause === 'ended_by_admin') return t('reason.ended_by_admin.because', { reason: detail })
  return t(`reason.${cause}.text`)
}

function Ended({ cause, detail, onOpen, onLeave, onSignIn }: StateProps & { cause: Cause; detail: string | null }) {
  const { t } = useTranslation()
  const way = wayOut(cause)
  const icon =
    cause === 'forbidden' || cause === 'revoked' ? (
      <Ban aria-hidden />
    ) : way === 'leave' ? (
      <MonitorX aria-hidden />
    ) : (
      <CircleAlert aria-hidden />
    )
  return (
    <Shell
      icon={icon}
      title={t(`reason.${cause}.title`)}
      text={endedText(t, cause, detail)}
      button={
        <>
          {way === 'reconnect' && (
            <Button variant="primary" size="lg" onClick={onOpen}>
              <RotateCw className="size-4" aria-hidden />
              {t('console.connect_again')}
            </Button>
          )}
          {way === 'leave' && (
            <Button variant="primary" size="lg" onClick={onLeave}>
              {t('console.to_guests')}
            </Button>
          )}
          {way === 'sign_in' && (
            <Button variant="primary" size="lg" onClick={onSignIn}>
              <LogIn className="size-4" aria-hidden />
              {t('sign_in.submit')}
            </Button>
          )}
        </>
      }
    />
  )
}

type ShellProps = { icon: ReactNode; title: string; text: ReactNode; button?: ReactNode; children?: ReactNode }

function Shell({ icon, title, text, button, children }: ShellProps) {
  return (
    <div className="absolute inset-0 z-10 grid animate-fade-in place-items-center overflow-y-auto bg-background/88 p-6 pt-16 backdrop-blur-md">
      <div role="status" className="flex max-w-md flex-col items-center text-center">
        <div className="mb-4 grid size-14 place-items-center rounded-full border bg-surface text-muted [&_svg]:size-6">
          {icon}
        </div>
        <h1 className="max-w-full break-words font-semibold text-title">{title}</h1>
        <p className="mt-1.5 text-muted">{text}</p>
        {children}
        {button && <div className="mt-6 flex flex-wrap justify-center gap-2">{button}</div>}
      </div>
    </div>
  )
}
