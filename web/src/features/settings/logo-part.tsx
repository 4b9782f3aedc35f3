import { ImageUp, Trash2 } from 'lucide-react'
import { type DragEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote, Note } from '@/components/error-note'
import { Bar } from '@/components/ui/bar'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { CheckField } from '@/components/ui/field'
import { LOGO_TYPES, logoProblem } from '@/features/settings/logo'
import { Part, type PartProps } from '@/features/settings/part'
import { useRemoveLogo, useSetLogo } from '@/features/settings/queries'
import { asApiError } from '@/lib/api/error'
import type { Logo, Settings } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatBytes, formatNumber, formatPercent } from '@/lib/format'
import { fieldProblemText } from '@/lib/problem-text'

type LogoProps = PartProps & { tenant: { id: string; name: string }; logo: Settings['logo']; readOnly: boolean }

/** The picture of the tenant. It is sent as soon as it is chosen, apart from what is saved below. */
export function LogoPart({ form, tenant, logo, readOnly }: LogoProps) {
  const { t } = useTranslation()
  return (
    <Part group="logo" lead={t('settings.logo_lead')}>
      <LogoBox tenant={tenant} logo={logo} readOnly={readOnly} />
      <CheckField
        label={t('settings.logo_on_sign_in')}
        help={t('settings.logo_on_sign_in_help')}
        {...form.register('logo_on_sign_in')}
      />
    </Part>
  )
}

function LogoBox({ tenant, logo, readOnly }: Omit<LogoProps, 'form'>) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<'wrong_type' | 'too_large' | null>(null)
  const [sent, setSent] = useState(0)
  const set = useSetLogo(tenant.id, setSent)
  const remove = useRemoveLogo(tenant.id)
  const preview = usePreview(set.isPending ? set.variables : null)
  const take = (file: File | undefined) => {
    if (!file || readOnly || set.isPending) return
    const found = logoProblem(file)
    setProblem(found)
    setSent(0)
    set.reset()
    if (!found) set.mutate(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  const source = preview ?? (logo && `/api/v1/tenants/${tenant.id}/logo?v=${encodeURIComponent(logo.tag)}`)
  return (
    <div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button in it is the first */}
      <div
        onDragOver={event => {
          event.preventDefault()
          setOver(!readOnly)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cn(
          'flex flex-col gap-4 rounded-card border border-dashed p-4 transition-colors duration-[120ms]',
          over ? 'border-primary bg-primary/8' : 'border-input',
        )}
      >
        <div className="grid grid-cols-2 gap-3">
          {(['light', 'dark'] as const).map(theme => (
            <div
              key={theme}
              className={cn(
                theme,
                'grid h-24 min-w-0 place-items-center rounded-card border bg-surface p-3 text-muted',
              )}
            >
              {source ? (
                <img
                  src={source}
                  alt={t(`settings.logo_on_${theme}`)}
                  className={cn('max-h-16 max-w-full object-contain', set.isPending && 'opacity-60')}
                />
              ) : (
                <span className="text-center text-table">{t('settings.no_logo')}</span>
              )}
            </div>
          ))}
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <div className="flex flex-wrap gap-2">
            <Button busy={set.isPending} onClick={() => input.current?.click()}>
              {!set.isPending && <ImageUp className="size-4" aria-hidden />}
              {logo ? t('settings.logo_other') : t('settings.logo_choose')}
            </Button>
            {logo && (
              <Button variant="ghost" disabled={set.isPending} onClick={() => setAsking(true)}>
                <Trash2 className="size-4" aria-hidden />
                {t('settings.logo_remove')}
              </Button>
            )}
          </div>
          <Aside sent={set.isPending ? sent : null} logo={logo} />
        </div>
        <input
          ref={input}
          type="file"
          accept={LOGO_TYPES.join(',')}
          className="hidden"
          tabIndex={-1}
          aria-label={t('settings.logo_choose')}
          onChange={event => {
            take(event.target.files?.[0])
            // So that the same file can be chosen again.
            event.target.value = ''
          }}
        />
      </div>
      {problem && <Note className="mt-3">{fieldProblemText('logo', problem, '')}</Note>}
      {set.error && <LogoError error={set.error} />}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('settings.logo_remove_ask', { name: tenant.name })}
        consequence={t('settings.logo_remove_text')}
        confirm={t('settings.logo_remove')}
        busy={remove.isPending}
        error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
        onConfirm={() => {
          setProblem(null)
          set.reset()
          remove.mutate(undefined, { onSuccess: () => setAsking(false) })
        }}
      />
    </div>
  )
}

/** How far the sending is, or else what is kept, or what is possible. */
function Aside({ sent, logo }: { sent: number | null; logo: Logo | null | undefined }) {
  const { t, i18n } = useTranslation()
  const words: ReactNode = logo
    ? t('settings.logo_kept', {
        width: formatNumber(logo.width, i18n.language),
        height: formatNumber(logo.height, i18n.language),
        size: formatBytes(logo.size_bytes, i18n.language),
      })
    : t('settings.logo_help')
  if (sent === null) return <p className="nums min-w-0 flex-1 basis-52 text-muted text-table">{words}</p>
  // All is sent, and Nexus now looks into it.
  const text =
    sent < 1 ? t('settings.logo_sending', { share: formatPercent(sent, i18n.language) }) : t('settings.logo_checking')
  return (
    <div role="status" className="flex min-w-0 flex-1 basis-52 flex-col gap-1.5">
      <Bar share={sent} plain />
      <span className="nums text-muted text-table">{text}</span>
    </div>
  )
}

function LogoError({ error }: { error: unknown }) {
  const { status, fields, code } = asApiError(error)
  const [first] = fields
  if (first) return <Note className="mt-3">{fieldProblemText('logo', first.code, first.detail)}</Note>
  if (status === 413) return <Note className="mt-3">{fieldProblemText('logo', 'too_large', code)}</Note>
  return <ErrorNote error={error} className="mt-3" />
}

/** An address for a picture that is not stored yet. */
function usePreview(picture: Blob | null | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (!picture) return
    const made = URL.createObjectURL(picture)
    setUrl(made)
    return () => {
      URL.revokeObjectURL(made)
      setUrl(null)
    }
  }, [picture])
  return url
}
