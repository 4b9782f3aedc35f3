import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { CsvImportDialog } from '@/components/csv-import'
import { CopyButton } from '@/components/link-dialog'
import { Button } from '@/components/ui/button'
import { useImportRoster } from '@/features/members/queries'
import { linksAsCsv } from '@/features/members/roster'
import type { Confirmed } from '@/lib/api/queries'
import type { RosterRow, Tenant } from '@/lib/api/types'
import { saveFile } from '@/lib/save-file'

type RosterProps = { tenant: Tenant; confirmed: Confirmed; onClose: () => void }

const EXAMPLE = 'email,role\nanna@example.org,viewer\nben@example.org,manager'

/** Many members at once, from a list. */
export function RosterDialog({ tenant, confirmed, onClose }: RosterProps) {
  const { t } = useTranslation()
  const run = useImportRoster(tenant.id, confirmed)
  return (
    <CsvImportDialog<RosterRow>
      title={t('members.import')}
      description={t('members.import_text')}
      example={EXAMPLE}
      run={run}
      what={row => row.role}
      whatLabel={t('members.column_role')}
      after={rows => <Links rows={rows} name={`invitations-${tenant.slug}.csv`} />}
      onClose={onClose}
    />
  )
}

function Links({ rows, name }: { rows: RosterRow[]; name: string }) {
  const { t } = useTranslation()
  const count = rows.filter(row => row.link).length
  if (count === 0) return null
  const csv = linksAsCsv(rows)
  return (
    <div className="rounded-card border border-primary/40 bg-primary/8 px-3 py-2.5">
      <p className="font-medium">{t('members.links', { count })}</p>
      <p className="text-muted text-table">{t('members.links_text')}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <CopyButton text={csv} label={t('members.links_copy')} />
        <Button onClick={() => saveFile(name, csv)}>
          <Download className="size-4" aria-hidden />
          {t('members.links_download')}
        </Button>
      </div>
    </div>
  )
}
