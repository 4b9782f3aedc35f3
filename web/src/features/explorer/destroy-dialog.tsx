import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '@/components/ui/dialog'
import type { Call } from '@/features/explorer/commands'
import { isSecret, templateOf } from '@/features/explorer/form'
import type { Guest, PveMethodInfo } from '@/lib/api/types'

type DestroyProps = {
  info: PveMethodInfo
  call: Call
  /** The path as the schema has it. */
  template: string
  server: string
  guests: readonly Guest[]
  onClose: () => void
  onConfirm: () => void
}

/** Asks before a call that deletes or overwrites, with the call as it goes out. */
export function DestroyDialog({ info, call, template, server, guests, onClose, onConfirm }: DestroyProps) {
  const { t } = useTranslation()
  const values = templateOf([{ path: template, methods: [] }], call.path)?.values ?? {}
  const vmid = values.vmid ?? call.params.find(one => one.name === 'vmid')?.value
  const guest = guests.find(one => String(one.vmid) === vmid)
  const last = template.split('/').at(-1) ?? ''
  const part = last.startsWith('{') ? values[last.slice(1, -1)] : last
  const about = guest && (last === '{vmid}' ? guest.name : `${part} · ${guest.name}`)
  const thing = about ?? part ?? template
  const confirm = call.method === 'DELETE' ? t('explorer.delete', { thing }) : t('explorer.run_thing', { thing })
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t(call.method === 'DELETE' ? 'explorer.delete_title' : 'explorer.run_title', { thing })}
      consequence={[
        guest && t('explorer.concerns', { name: guest.name, vmid: guest.vmid }),
        t('explorer.destroys_hint', { server }),
      ]
        .filter(Boolean)
        .join(' ')}
      confirm={confirm}
      wide
      onConfirm={onConfirm}
    >
      {info.description && (
        <p className="whitespace-pre-line break-words text-table">{info.description.slice(0, 600)}</p>
      )}
      <pre className="whitespace-pre-wrap break-all rounded-card border bg-surface p-2.5 font-mono text-xs/5">
        {[
          `${call.method} ${call.path}`,
          ...call.params.map(({ name, value }) => `  ${name}=${isSecret(name) ? '••••••••' : value}`),
        ].join('\n')}
      </pre>
    </ConfirmDialog>
  )
}
