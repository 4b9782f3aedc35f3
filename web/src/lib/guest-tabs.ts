/** The tabs of a guest's page, as they stand in its address. */
export const GUEST_TABS = ['overview', 'charts', 'snapshots', 'tasks', 'configuration', 'access', 'consoles'] as const

export type GuestTab = (typeof GUEST_TABS)[number]
