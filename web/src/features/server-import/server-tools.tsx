import { Download, FileUp } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, buttonClass } from '@/components/ui/button'
import { exportUrl } from '@/features/server-import/queries'
import { ServerImportSheet } from '@/features/server-import/server-import-sheet'
import type { Tenant } from '@/lib/api/types'

/** Many servers at once: in from a sheet, and out as one. */
export function ServerTools({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const [importing, setImporting] = useState(false)
  return (
    <>
      {tenant.may.manage_servers && (
        <Button onClick={() => setImporting(true)} title={t('csv.open')}>
          <FileUp className="size-4" aria-hidden />
          <span className="max-sm:sr-only">{t('csv.open')}</span>
        </Button>
      )}
      <a href={exportUrl(tenant.id)} download className={buttonClass()} title={t('server_import.export_hint')}>
        <Download className="size-4" aria-hidden />
        <span className="max-sm:sr-only">{t('server_import.export')}</span>
      </a>
      {importing && <ServerImportSheet tenant={tenant.id} onClose={() => setImporting(false)} />}
    </>
  )
}
