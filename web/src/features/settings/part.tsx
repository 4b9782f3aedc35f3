import { type ReactNode, useId } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { TextField } from '@/components/ui/field'
import { type Group, LIMITS, type SettingsForm } from '@/features/settings/form'
import { fieldError } from '@/lib/form-errors'
import { formatNumber } from '@/lib/format'

export type PartProps = { form: UseFormReturn<SettingsForm> }

type PartFrameProps = { group: Group; lead: ReactNode; aside?: ReactNode; children: ReactNode }

/** Settings that belong together, with the anchor that the side navigation leads to. */
export function Part({ group, lead, aside, children }: PartFrameProps) {
  const { t } = useTranslation()
  const heading = useId()
  return (
    <section id={group} tabIndex={-1} aria-labelledby={heading} className="scroll-mt-4 focus:outline-none">
      <div className="mb-4 flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h2 id={heading} className="font-semibold text-[1rem]/6">
            {t(`settings.group_${group}`)}
          </h2>
          <p className="text-muted">{lead}</p>
        </div>
        {aside}
      </div>
      <div className="flex flex-col gap-5">{children}</div>
    </section>
  )
}

/** A few choices under one name within a part. */
export function Choice({ label, lead, children }: { label: string; lead?: string; children: ReactNode }) {
  const id = useId()
  return (
    <div>
      <div id={id} className="font-medium">
        {label}
      </div>
      {lead && <p className="mb-1.5 text-muted text-table">{lead}</p>}
      <div role="radiogroup" aria-labelledby={id} className="mt-1.5 flex flex-col gap-2">
        {children}
      </div>
    </div>
  )
}

type NumberName = Exclude<keyof typeof LIMITS, 'days'>

type NumberFieldProps = PartProps & {
  name: NumberName
  /** What holds while nothing is entered, as it stands in the empty field. */
  empty?: string
  /** That in a sentence. */
  emptyHelp?: string
}

/** A number with its range, what holds without it, and the way back to what it is in a new tenant. */
export function NumberField({ form, name, empty, emptyHelp }: NumberFieldProps) {
  const { t, i18n } = useTranslation()
  const limit = LIMITS[name]
  const preset = 'preset' in limit ? limit.preset : undefined
  const number = (value: number) => formatNumber(value, i18n.language)
  const range = t('settings.range', { min: number(limit.min), max: number(limit.max) })
  const value = form.watch(name).trim()
  const basic = preset === undefined ? '' : String(preset)
  return (
    <TextField
      label={t(`settings.${name}`)}
      help={
        <>
          {t(`settings.${name}_help`)}{' '}
          <span className="whitespace-nowrap">
            {preset === undefined
              ? range
              : t('settings.range_preset', {
                  min: number(limit.min),
                  max: number(limit.max),
                  preset: number(preset),
                })}
          </span>{' '}
          {emptyHelp}
        </>
      }
      inputMode="numeric"
      autoComplete="off"
      placeholder={empty}
      className="max-w-40"
      error={fieldError(form.formState.errors[name], range)}
      aside={
        value !== basic && (
          <button
            type="button"
            onClick={() => form.setValue(name, basic, { shouldDirty: true, shouldValidate: true })}
            className="min-h-6 rounded text-primary-text text-table hover:underline disabled:hidden"
          >
            {preset === undefined ? t('settings.empty') : t('settings.preset', { value: number(preset) })}
            <span className="sr-only">: {t(`settings.${name}`)}</span>
          </button>
        )
      }
      {...form.register(name)}
    />
  )
}
