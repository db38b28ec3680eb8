import { defineConfig } from 'vitest/config'
import base from '../../../vitest.config.js'

// npm run test:audit: every bit, every byte, and ten thousand files. AUDIT_FILES and AUDIT_RECORDS make it shorter.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/audit/long/**/*.long.ts'], testTimeout: 7_200_000, hookTimeout: 60_000 },
})
