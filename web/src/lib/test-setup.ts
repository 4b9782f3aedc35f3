import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'
import { startI18n } from '@/lib/i18n'

startI18n('en')
// React asks for it in every file, and files share what Testing Library has set once.
Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true)
afterEach(cleanup)
