import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote } from '@/components/error-note'
import { OtherFields, TimeoutField } from '@/components/server-form/other-fields'
import { PlaceFields } from '@/components/server-form/place-fields'
import { TokenExpiryField, TokenField, TokenGuide } from '@/components/server-form/token-field'
import { InsecureNote, TrustFields } from '@/components/server-form/trust-fields'
import { ServerTestResult } from '@/components/server-test/result'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { DiscardDialog } from '@/features/servers/discard-dialog'
import { useCreateServer, useTestValues } from '@/features/servers/queries'
import { asApiError } from '@/lib/api/error'
import { settingsQuery } from '@/lib/api/tenant-queries'
import type { TlsMode } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import {
  applyServerErrors,
  emptyServer,
  newServer,
  type ServerForm,
  type ServerFormIn,
  type ServerFormOut,
  serverForm,
  toServerIn,
} from '@/lib/server-form'

/** The fields of each step, in order; what is folded away stands apart. */
const MORE = ['connect_timeout_seconds', 'use_fallbacks', 'node_shell', 'is_active', 'notes'] as const
const STEPS = {
  where: ['name', 'host', 'port', 'tailscale_host', 'tailscale_port', 'trust', 'ca_pem', ...MORE],
  token: ['api_token', 'token_expires_at'],
  check: [],
} as const

type Step = keyof typeof STEPS
const ORDER: Step[] = ['where', 'token', 'check']

function stepOf(field: string): Step {
  return ORDER.find(step => (STEPS[step] as readonly string[]).includes(field)) ?? 'where'
}

type AddProps = {
  tenant: string
  /** A server that this one shall be like; without, the form is empty. */
  like?: ServerFormIn | undefined
  onClose: () => void
}

/** Three steps: where the server is, its token, and the check that shows what was found before anything is stored. */
export function AddServerDialog({ tenant, like, onClose }: AddProps) {
  const { t } = useTranslation()
  const form = useForm<ServerFormIn, unknown, ServerFormOut>({
    resolver: zodResolver(serverForm),
    mode: 'onTouched',
    defaultValues: like ?? emptyServer,
  })
  const preset = usePreset(tenant, form, like === undefined)
  const [step, setStep] = useState<Step>('where')
  const [pin, setPin] = useState<string | null>(null)
  const [leaving, setLeaving] = useState(false)
  const test = useTestValues(tenant)
  const create = useCreateServer(tenant)
  const dirty = form.formState.isDirty
  const check = (confirmed: string | null) => {
    setPin(confirmed)
    setStep('check')
    void form.handleSubmit(values =>
      test.mutate(toServerIn(values, confirmed), { onError: error => goToField(form, error, setStep) }),
    )()
  }
  const trust = (fingerprint: string) => {
    // Whatever was chosen before: from now on it is this certificate.
    form.setValue('trust', 'ask')
    check(fingerprint)
  }
  const next = async () => {
    const valid = await form.trigger([...STEPS[step]], { shouldFocus: true })
    if (!valid) return
    create.reset()
    if (step === 'where') setStep('token')
    else if (step === 'token') check(pin)
  }
  const save = form.handleSubmit(values =>
    create.mutate(toServerIn(values, pin), {
      onSuccess: () => {
        toast.success(t('servers.added', { name: values.name }))
        onClose()
      },
      onError: error => goToField(form, error, setStep),
    }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void (step === 'check' ? save() : next())
  }
  return (
    <>
      <Dialog
        open
        onOpenChange={open => !open && (dirty ? setLeaving(true) : onClose())}
        wide
        title={t('servers.add')}
        description={<StepList step={step} />}
        footer={
          <Footer
            step={step}
            passed={test.data?.ok ?? false}
            testing={test.isPending}
            saving={create.isPending}
            onBack={() => setStep(step === 'check' ? 'token' : 'where')}
          />
        }
      >
        <form id="add-server" onSubmit={submit} noValidate className="flex flex-col gap-5">
          {create.error && asApiError(create.error).fields.length === 0 && <ErrorNote error={create.error} />}
          {step === 'where' && <WhereStep form={form} strict={preset === 'verify'} />}
          {step === 'token' && <TokenStep form={form} />}
          {step === 'check' && (
            <>
              {form.getValues('trust') === 'insecure' && <InsecureNote />}
              <ServerTestResult
                test={test.data}
                error={test.error}
                running={test.isPending}
                onTrust={trust}
                timeout={Number(form.watch('connect_timeout_seconds'))}
                onTimeout={seconds => form.setValue('connect_timeout_seconds', String(seconds), { shouldDirty: true })}
                onAgain={() => check(pin)}
              />
            </>
          )}
        </form>
      </Dialog>
      <DiscardDialog open={leaving} onOpenChange={setLeaving} onDiscard={onClose} />
    </>
  )
}

/** Begins with what the tenant has chosen for new servers, as soon as that is known and nobody has chosen otherwise. */
function usePreset(tenant: string, form: ServerForm, enabled: boolean): TlsMode | undefined {
  const settings = useQuery({ ...settingsQuery(tenant), enabled }).data
  const { reset } = form
  useEffect(() => {
    if (settings && enabled) reset(newServer(settings), { keepDirtyValues: true, keepErrors: true })
  }, [settings, enabled, reset])
  return settings?.default_tls_mode
}

/** `strict`: the tenant wants certificates that public authorities vouch for, without being asked about others. */
function WhereStep({ form, strict }: { form: ServerForm; strict: boolean }) {
  const { t } = useTranslation()
  const wrong = MORE.some(field => form.formState.errors[field])
  return (
    <>
      <PlaceFields form={form} />
      <TrustFields form={form} ways={strict ? ['verify', 'ask', 'ca', 'insecure'] : ['ask', 'ca', 'insecure']} />
      <details open={wrong || undefined} className="group">
        <summary className="w-fit cursor-pointer rounded py-1 font-medium text-primary-text">
          {t('servers.more')}
        </summary>
        <div className="mt-3 flex flex-col gap-4">
          <TimeoutField form={form} />
          <OtherFields form={form} />
        </div>
      </details>
    </>
  )
}

function TokenStep({ form }: { form: ServerForm }) {
  const { t } = useTranslation()
  return (
    <>
      <TokenGuide />
      <TokenField form={form} help={t('servers.token_help')} autoFocus />
      <TokenExpiryField form={form} />
    </>
  )
}

/** A refused field leads back to the step that has it. */
function goToField(form: ServerForm, error: unknown, setStep: (step: Step) => void): void {
  const field = asApiError(error).fields[0]?.field
  if (!field) return
  setStep(stepOf(field.split('.')[0] ?? field))
  requestAnimationFrame(() => applyServerErrors(form, error))
}

function StepList({ step }: { step: Step }) {
  const { t } = useTranslation()
  return (
    <ol className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-table">
      {ORDER.map((name, index) => (
        <li
          key={name}
          aria-current={name === step ? 'step' : undefined}
          className={cn('flex items-center gap-1.5', name === step && 'font-medium text-text')}
        >
          <span
            className={cn(
              'grid size-5 place-items-center rounded-full text-xs',
              name === step ? 'bg-primary-solid text-white' : 'bg-hover',
            )}
          >
            {index + 1}
          </span>
          {t(`servers.step_${name}`)}
        </li>
      ))}
    </ol>
  )
}

type FooterProps = { step: Step; passed: boolean; testing: boolean; saving: boolean; onBack: () => void }

function Footer({ step, passed, testing, saving, onBack }: FooterProps) {
  const { t } = useTranslation()
  return (
    <>
      {step !== 'where' && (
        <Button variant="ghost" onClick={onBack} className="mr-auto">
          {t('common.back')}
        </Button>
      )}
      {step === 'check' ? (
        <Button
          type="submit"
          form="add-server"
          variant={passed ? 'primary' : 'secondary'}
          busy={saving}
          disabled={testing}
        >
          {passed || testing ? t('servers.save') : t('servers.save_anyway')}
        </Button>
      ) : (
        <Button type="submit" form="add-server" variant="primary">
          {step === 'token' ? t('servers.check') : t('common.next')}
        </Button>
      )}
    </>
  )
}
