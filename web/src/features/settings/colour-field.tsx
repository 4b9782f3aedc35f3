import { Check, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { control, Field } from '@/components/ui/field'
import type { PartProps } from '@/features/settings/part'
import { asColour, contrastOf, isVisible, LEAST_CONTRAST, nearestVisible } from '@/lib/brand'
import { cn } from '@/lib/cn'
import { fieldError } from '@/lib/form-errors'
import { formatContrast } from '@/lib/format'

type ColourFieldProps = PartProps & {
  name: 'primary_color' | 'secondary_color' | 'accent_color'
  /** What the picker shows while nothing is chosen. */
  fallback: string
  readOnly: boolean
}

/** A colour by picker or by number, and how well it will be seen. */
export function ColourField({ form, name, fallback, readOnly }: ColourFieldProps) {
  const { t } = useTranslation()
  const text = form.watch(name)
  const colour = asColour(text)
  const error = form.formState.errors[name]
  const set = (value: string) =>
    form.setValue(name, value, { shouldDirty: true, shouldValidate: true, shouldTouch: true })
  const hidden = colour !== null && !isVisible(colour)
  return (
    <Field
      label={t(`settings.${name}`)}
      help={t(`settings.${name}_help`)}
      error={fieldError(
        error,
        t(error?.message === 'low_contrast' ? 'settings.low_contrast' : 'settings.not_a_colour'),
      )}
      aside={
        text.trim() !== '' && (
          <button
            type="button"
            onClick={() => set('')}
            className="min-h-6 rounded text-primary-text text-table hover:underline disabled:hidden"
          >
            {t('settings.reset')}
            <span className="sr-only">: {t(`settings.${name}`)}</span>
          </button>
        )
      }
    >
      {({ id, describedBy }) => (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <span className="flex">
            <input
              type="color"
              aria-label={t('settings.pick', { name: t(`settings.${name}`) })}
              value={colour ?? fallback}
              onChange={event => set(event.target.value)}
              className="h-9 w-11 cursor-pointer rounded-l-control border border-input border-r-0 bg-background p-1 disabled:cursor-default disabled:opacity-60 max-md:h-11 max-md:w-13"
            />
            <input
              id={id}
              autoComplete="off"
              spellCheck={false}
              maxLength={20}
              placeholder={t('settings.own_colour')}
              aria-invalid={error ? true : undefined}
              aria-describedby={describedBy}
              className={cn(
                control,
                'h-9 w-36 rounded-l-none font-mono max-md:h-11',
                error ? 'border-destructive' : 'border-input',
              )}
              {...form.register(name, {
                // As it will be stored, so that what is saved is no surprise.
                onBlur: () => colour && colour !== text && set(colour),
              })}
            />
          </span>
          {colour && <Figures colour={colour} />}
          {hidden && !readOnly && (
            <button
              type="button"
              onClick={() => set(nearestVisible(colour))}
              className="inline-flex min-h-6 items-center gap-2 rounded text-primary-text text-table hover:underline"
            >
              <span
                aria-hidden
                className="size-4 rounded-full border"
                style={{ backgroundColor: nearestVisible(colour) }}
              />
              {t('settings.nearest', { colour: nearestVisible(colour) })}
            </button>
          )}
        </div>
      )}
    </Field>
  )
}

/** The contrast with both pages, as WCAG counts it. */
function Figures({ colour }: { colour: string }) {
  const { t, i18n } = useTranslation()
  const measured = contrastOf(colour)
  return (
    <ul aria-label={t('settings.contrast')} className="flex flex-wrap gap-x-4 text-table">
      {(['light', 'dark'] as const).map(theme => {
        const good = measured[theme] >= LEAST_CONTRAST
        const Icon = good ? Check : TriangleAlert
        const value = formatContrast(measured[theme], i18n.language)
        return (
          <li
            key={theme}
            className={cn('nums flex items-center gap-1.5', good ? 'text-muted' : 'font-medium text-destructive-text')}
          >
            <Icon className={cn('size-3.5 shrink-0', good && 'text-success-text')} aria-hidden />
            {t(`settings.contrast_${theme}`, { value })}
          </li>
        )
      })}
    </ul>
  )
}
