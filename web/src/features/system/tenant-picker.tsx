import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TenantMark } from '@/components/tenant-mark'
import { Combobox } from '@/components/ui/combobox'
import { tenantsQuery } from '@/features/system/queries'
import { useDelayed } from '@/lib/use-delayed'

export type ChosenTenant = { id: string; name: string }

type PickerProps = {
  chosen: ChosenTenant | null
  onChoose: (tenant: ChosenTenant | null) => void
  error?: string | undefined
}

/** One of all tenants, by name or short name. */
export function TenantPicker({ chosen, onChoose, error }: PickerProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(chosen?.name ?? '')
  const asked = useDelayed(text.trim(), 200)
  const tenants = useInfiniteQuery(tenantsQuery(chosen ? '' : asked))
  const found = tenants.data?.pages[0]?.tenants ?? []
  return (
    <Combobox
      label={t('system.column_tenant')}
      help={t('system.provide_tenant_help')}
      error={error}
      autoFocus
      text={text}
      onText={typed => {
        setText(typed)
        onChoose(null)
      }}
      busy={tenants.isFetching && !chosen}
      options={
        chosen
          ? []
          : found.slice(0, 8).map(tenant => ({
              key: tenant.id,
              value: tenant,
              label: tenant.name,
              detail: tenant.slug,
              icon: <TenantMark tenant={tenant} />,
            }))
      }
      empty={asked && !chosen && tenants.isSuccess ? t('system.no_match', { text: asked }) : undefined}
      onChoose={({ value }) => {
        setText(value.name)
        onChoose({ id: value.id, name: value.name })
      }}
    />
  )
}
