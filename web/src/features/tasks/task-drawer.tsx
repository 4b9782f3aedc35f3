import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronUp } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Choices } from '@/components/ui/choices'
import { GripHandle } from '@/features/tasks/grip-handle'
import { TaskLine } from '@/features/tasks/task-line'
import { TasksPanel } from '@/features/tasks/tasks-panel'
import { useDrawerHeight } from '@/features/tasks/use-drawer-height'
import { useTaskToasts } from '@/features/tasks/use-task-toasts'
import { tasksQuery } from '@/lib/api/queries'
import { type DrawerState, setDrawer, useDrawer } from '@/lib/task-drawer'

type TaskDrawerProps = {
  tenant: string
  slug: string
  /** The person's name, as tasks say it. */
  me: string
  /** Actions on many guests, and the one that runs now in a line; another feature knows them. */
  bulk: ReactNode
  bulkLine: ReactNode
}

/** The tasks at the bottom of the frame, as in PVE: one line when closed, the list with live log when open. */
export function TaskDrawer({ tenant, slug, me, bulk, bulkLine }: TaskDrawerProps) {
  const { t } = useTranslation()
  const { open, tab } = useDrawer()
  const height = useDrawerHeight()
  const { data } = useQuery(tasksQuery(tenant))
  useTaskToasts(data?.tasks)
  // What shows belongs to its tenant.
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each change of the tenant
  useEffect(() => () => setDrawer({ task: null, bulk: null }), [tenant])
  const tasks = data?.tasks ?? []
  const running = tasks.filter(task => task.state === 'running').length
  const Chevron = open ? ChevronDown : ChevronUp
  return (
    <section aria-label={t('tasks.title')} className="relative shrink-0 border-t bg-surface">
      {open && <GripHandle {...height} />}
      <div className="flex h-9 items-center">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setDrawer({ open: !open })}
          className="flex h-full min-w-0 flex-1 items-center gap-3 overflow-hidden px-4 text-left text-table -outline-offset-2 hover:bg-hover"
        >
          <Chevron className="size-4 shrink-0 text-muted" aria-hidden />
          <span className="shrink-0 font-medium">{t('tasks.title')}</span>
          {running > 0 && <span className="nums shrink-0 text-muted">{t('tasks.running', { count: running })}</span>}
          {!open && <TaskLine tasks={tasks} />}
        </button>
        {!open && bulkLine}
      </div>
      {open && (
        <div
          className="flex max-h-[70dvh] animate-fade-in flex-col border-t bg-background"
          style={{ height: height.value }}
        >
          {tab === 'tasks' ? (
            <TasksPanel tenant={tenant} slug={slug} me={me} tabs={<DrawerTabs tab={tab} />} />
          ) : (
            <>
              <div className="flex items-center border-b px-4 py-1.5">
                <DrawerTabs tab={tab} />
              </div>
              {bulk}
            </>
          )}
        </div>
      )}
    </section>
  )
}

function DrawerTabs({ tab }: Pick<DrawerState, 'tab'>) {
  const { t } = useTranslation()
  return (
    <Choices
      label={t('tasks.tabs')}
      value={tab}
      onChange={next => setDrawer({ tab: next })}
      choices={[
        { value: 'tasks', label: t('tasks.tab_tasks') },
        { value: 'bulk', label: t('tasks.tab_bulk') },
      ]}
    />
  )
}
