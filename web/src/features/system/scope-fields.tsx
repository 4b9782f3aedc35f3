import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ChipsField } from '@/components/chips-field'
import { formatRange, isEmptyScope, MOST_ENTRIES, parsePool, parseRange, parseTag } from '@/features/system/scope'
import type { GuestScope } from '@/lib/api/types'

type ScopeProps = {
  scope: GuestScope
  onScope: (scope: GuestScope) => void
  /** Why the server error it. */
  error?: string | undefined
  /** Somebody tried to save: an empty limit is said to be none. */
  checked: boolean
  /** Whether something was typed that is no pool, tag or number. */
  onWrong: (wrong: boolean) => void
}

const same = (text: string) => text

/** Which guests the tenant gets: those in any of these. */
export function ScopeFields({ scope, onScope, error, checked, onWrong }: ScopeProps) {
  const { t } = useTranslation()
  const wrong = useRef(new Set<string>())
  const watch = (field: string) => (isWrong: boolean) => {
    if (isWrong) wrong.current.add(field)
    else wrong.current.delete(field)
    onWrong(wrong.current.size > 0)
  }
  const empty = checked && isEmptyScope(scope) ? t('scope.empty') : undefined
  return (
    <fieldset className="flex flex-col gap-4" aria-describedby={error ? 'scope-error' : undefined}>
      <legend className="font-semibold">{t('scope.title')}</legend>
      <p className="mt-1 text-muted text-table">{t('scope.text')}</p>
      {error && (
        <p id="scope-error" role="alert" className="text-destructive-text text-table">
          {error}
        </p>
      )}
      <ChipsField
        label={t('scope.pools')}
        error={empty}
        values={scope.pools}
        onWrong={watch('pools')}
        onValues={pools => onScope({ ...scope, pools })}
        parse={parsePool}
        format={same}
        wrong={text => t('scope.pool_wrong', { text })}
        most={MOST_ENTRIES}
        placeholder="customer-a"
      />
      <ChipsField
        label={t('scope.tags')}
        help={t('scope.tags_help')}
        values={scope.tags}
        onWrong={watch('tags')}
        onValues={tags => onScope({ ...scope, tags })}
        parse={parseTag}
        format={same}
        wrong={text => t('scope.tag_wrong', { text })}
        most={MOST_ENTRIES}
        placeholder="tenant-a"
      />
      <ChipsField
        label={t('scope.vmids')}
        help={t('scope.vmids_help')}
        values={scope.vmids}
        onWrong={watch('vmids')}
        onValues={vmids => onScope({ ...scope, vmids })}
        parse={parseRange}
        format={formatRange}
        wrong={text => t('scope.vmid_wrong', { text })}
        most={MOST_ENTRIES}
        placeholder="100-199"
      />
    </fieldset>
  )
}
