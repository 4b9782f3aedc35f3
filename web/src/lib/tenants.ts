import type { Me, MyTenant } from '@/lib/api/types'

/** Whether a person can come in: a deactivated tenant is closed but for its administrators. */
export function isOpenTo(tenant: MyTenant, systemRole: Me['user']['system_role']): boolean {
  return tenant.is_active || tenant.role === 'admin' || systemRole === 'admin'
}
