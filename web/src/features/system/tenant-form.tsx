import type { UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { TextArea, TextField } from '@/components/ui/field'
import { asApiError } from '@/lib/api/error'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'
import { SLUG, slugOf } from '@/lib/slug'

/** An empty short name follows from the name; an empty admin is none. */
export const tenantForm = z.object({
  name: z.string().trim().min(1).max(100),
  slug: z
    .string()
    .trim()
    .refine(text => text === '' || SLUG.test(text)),
  description: z.string().trim().max(1000),
  admin: z.union([z.literal(''), z.email()]),
})
export type TenantForm = z.infer<typeof tenantForm>

/** `stored`: the short name that there is already, which stays unless another is typed. */
export function TenantFields({ form, stored }: { form: UseFormReturn<TenantForm>; stored?: string }) {
  const { t } = useTranslation()
  const { errors } = form.formState
  const [name, slug] = form.watch(['name', 'slug'])
  const shown = slug.trim() || stored || slugOf(name) || 'tenant'
  return (
    <>
      <TextField
        label={t('column.name')}
        autoFocus
        autoComplete="off"
        error={fieldError(errors.name, t('form.required'))}
        {...form.register('name')}
      />
      <TextField
        label={t('system.slug')}
        help={
          <>
            {t('system.slug_help')} <code className="break-all font-mono">/t/{shown}</code>
            {stored && slug.trim() !== stored && (
              <span className="block text-warning-text">{t('system.slug_change')}</span>
            )}
          </>
        }
        placeholder={stored ?? slugOf(name)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className="font-mono"
        error={fieldError(errors.slug, t('system.slug_error'))}
        {...form.register('slug')}
      />
      <TextArea
        label={t('system.description')}
        rows={2}
        error={fieldError(errors.description, t('field_error.too_long'))}
        {...form.register('description')}
      />
    </>
  )
}

/** Brings a refusal to its field. */
export function applyTenantErrors(form: UseFormReturn<TenantForm>, error: unknown, taken: string): void {
  if (asApiError(error).code === 'slug_taken')
    form.setError('slug', { type: 'server', message: taken }, { shouldFocus: true })
  applyFieldErrors(form, error)
}
