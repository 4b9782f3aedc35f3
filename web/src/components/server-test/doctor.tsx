import { Check, TriangleAlert, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Commands } from '@/components/commands'
import { Remedy } from '@/components/server-test/remedy'
import type { Doctor } from '@/lib/api/types'

/** What the token is enough for, what is odd about it, and the commands that mend it, in their order. */
export function DoctorReport({ doctor }: { doctor: Doctor }) {
  const { t } = useTranslation()
  // A token that was refused says nothing of what it may do.
  const known = doctor.features.length > 0
  const lacking = doctor.features.filter(feature => feature.missing.length > 0).length
  return (
    <section className="flex flex-col gap-4">
      <h3 className="font-semibold">
        {known && (lacking === 0 ? t('doctor.all_well') : t('doctor.lacking', { count: lacking }))}
        {!known && t('doctor.unknown')}
      </h3>
      {doctor.warnings.length > 0 && <Warnings warnings={doctor.warnings} />}
      {known && <Features features={doctor.features} />}
      {doctor.commands.length > 0 && <CommandList commands={doctor.commands} />}
    </section>
  )
}

function Features({ features }: Pick<Doctor, 'features'>) {
  const { t } = useTranslation()
  return (
    <table aria-label={t('doctor.features')} className="w-full overflow-hidden rounded-card text-table">
      <thead className="text-left text-muted">
        <tr className="border-b [&>th]:py-1.5 [&>th]:font-medium">
          <th scope="col">{t('doctor.feature')}</th>
          <th scope="col">{t('doctor.missing')}</th>
        </tr>
      </thead>
      <tbody>
        {features.map(({ feature, missing }) => (
          <tr key={feature} className="border-b align-top last:border-b-0 [&>*]:py-1.5">
            <th scope="row" className="pr-4 text-left font-normal">
              <span className="flex items-center gap-2">
                {missing.length === 0 ? (
                  <Check className="size-4 shrink-0 text-success-text" strokeWidth={2.5} aria-hidden />
                ) : (
                  <X className="size-4 shrink-0 text-destructive-text" strokeWidth={2.5} aria-hidden />
                )}
                {t(`feature.${feature}`)}
              </span>
            </th>
            <td>
              {missing.length === 0 ? (
                <span className="text-muted">{t('doctor.nothing_missing')}</span>
              ) : (
                <span className="flex flex-wrap gap-x-2 font-mono text-xs/5">
                  {missing.map(privilege => (
                    <span key={privilege}>{privilege}</span>
                  ))}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Warnings({ warnings }: Pick<Doctor, 'warnings'>) {
  const { t } = useTranslation()
  return (
    <ul className="flex flex-col gap-2">
      {warnings.map(warning => (
        <li
          key={`${warning.code} ${warning.detail}`}
          className="flex gap-2.5 rounded-card border border-warning/40 bg-warning/8 px-3 py-2.5"
        >
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warning-text" aria-hidden />
          <div className="flex min-w-0 flex-1 flex-col gap-1">
            <p className="font-medium">{t(`doctor.warning.${warning.code}`)}</p>
            <p className="break-words text-table">{warning.detail}</p>
            {warning.remedy && <Remedy text={warning.remedy} />}
          </div>
        </li>
      ))}
    </ul>
  )
}

function CommandList({ commands }: Pick<Doctor, 'commands'>) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted text-table">{t('doctor.commands_text')}</p>
      <ol className="flex flex-col gap-3">
        {commands.map(({ purpose, command }, index) => (
          <li key={command} className="flex flex-col gap-1">
            <span className="text-table">
              {index + 1}. {t(`doctor.purpose.${purpose}`)}
            </span>
            <Commands text={command} label={t('servers.copy_command', { command })} />
          </li>
        ))}
      </ol>
      {commands.length > 1 && (
        <details>
          <summary className="cursor-pointer py-1 text-primary-text text-table">{t('doctor.all_commands')}</summary>
          <div className="mt-1">
            <Commands text={commands.map(one => one.command).join('\n')} label={t('servers.copy_commands')} />
          </div>
        </details>
      )}
    </div>
  )
}
