import { FileDown, FileUp } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { TextArea } from '@/components/ui/field'
import { readText } from '@/features/server-import/read-file'
import { COLUMNS, type Fault, MOST_ROWS, NEEDED, TEMPLATE } from '@/features/server-import/sheet'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'
import { saveFile } from '@/lib/save-file'

const MAX_BYTES = 2 * 1024 * 1024

type SourceProps = {
  text: string
  onText: (text: string) => void
  /** A file was chosen or dropped: it is looked at right away. */
  onFile: (text: string) => void
  fault: Fault | null
  busy: boolean
  error: ReactNode
}

/** Where the rows come from: a file, or what was pasted. */
export function Source({ text, onText, onFile, fault, busy, error }: SourceProps) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [tooLarge, setTooLarge] = useState(false)
  const read = async (file: File | undefined) => {
    if (!file) return
    setTooLarge(file.size > MAX_BYTES)
    if (file.size <= MAX_BYTES) onFile(await readText(file))
  }
  return (
    <div className="flex flex-col gap-5">
      {error}
      {tooLarge && <Note>{t('server_import.too_large')}</Note>}
      {!tooLarge && fault && (
        <Note>
          <FaultText fault={fault} />
        </Note>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a file may also be dropped; the button does the same */}
      <div
        className={cn(
          'flex flex-col items-center gap-3 rounded-card border border-dashed px-4 py-8 text-center transition-colors duration-[120ms]',
          over ? 'border-primary bg-primary/8' : 'border-input bg-raised',
        )}
        onDragOver={event => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={event => {
          event.preventDefault()
          setOver(false)
          void read(event.dataTransfer.files[0])
        }}
      >
        <p className="font-medium">{t('server_import.drop')}</p>
        <input
          ref={input}
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          className="hidden"
          aria-label={t('csv.file')}
          onChange={event => {
            void read(event.target.files?.[0])
            event.target.value = ''
          }}
        />
        <div className="flex flex-wrap justify-center gap-2">
          <Button busy={busy} onClick={() => input.current?.click()}>
            <FileUp className="size-4" aria-hidden />
            {t('csv.file')}
          </Button>
          <Button variant="ghost" onClick={() => saveFile('nexus-servers.csv', TEMPLATE)}>
            <FileDown className="size-4" aria-hidden />
            {t('server_import.template')}
          </Button>
        </div>
      </div>
      <TextArea
        label={t('server_import.paste')}
        help={t('server_import.columns', {
          needed: NEEDED.join(', '),
          others: COLUMNS.filter(column => !NEEDED.includes(column)).join(', '),
        })}
        rows={7}
        spellCheck={false}
        autoComplete="off"
        value={text}
        placeholder={`${COLUMNS.slice(0, 4).join(',')}\nFrankfurt,pve.example.org,8006,nexus@pve!broker=…`}
        onChange={event => onText(event.target.value)}
        className="font-mono text-table"
      />
    </div>
  )
}

function FaultText({ fault }: { fault: Fault }) {
  const { t, i18n } = useTranslation()
  if (fault.code === 'quote') return t('server_import.fault_quote', { line: formatNumber(fault.line, i18n.language) })
  if (fault.code === 'no_column') return t('server_import.fault_no_column', { columns: fault.columns.join(', ') })
  if (fault.code === 'too_many')
    return t('server_import.fault_too_many', { most: formatNumber(MOST_ROWS, i18n.language) })
  return t(`server_import.fault_${fault.code}`)
}
